"""An Airflow DAG that calls our command, which knows what changed, what failed and what to keep.

Put it into the DAG folder and set the Airflow variable ``analysis_project`` to the project folder.
Airflow's own PapermillOperator works on our notebooks too, but runs everything every time.
"""

from __future__ import annotations

import datetime as dt

from airflow import DAG
from airflow.providers.standard.operators.bash import BashOperator

COMMAND = ".venv/bin/analysis run {suite} --log-json --wait 3600 --publish"

with DAG(
    dag_id="evidence_briefings",
    schedule="30 2 * * *",
    start_date=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    catchup=False,
    # Two runs of one project wait for one another; Airflow need not start them.
    max_active_runs=1,
) as dag:
    BashOperator(
        task_id="run_and_publish",
        bash_command=COMMAND.format(suite="default"),
        cwd="{{ var.value.analysis_project }}",
        append_env=True,
        # Our command tries dead kernels again itself; a failed check fails again.
        retries=0,
    )
