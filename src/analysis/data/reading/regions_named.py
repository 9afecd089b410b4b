"""Regions that are named in their own table: those above by name, where codes are asked for."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from analysis.data.contract import Table
from analysis.data.reading import distinct
from analysis.data.reading.distinct import Raw, as_cells, plain_name
from analysis.data.reading.mapping import TableMapping


def own_names(raws: list[Raw], table: Table, mapping: TableMapping) -> pd.DataFrame:
    """Codes and names of a table that looks up its own, as regions do those above them."""
    looked = {values.lookup.partition(".")[2] for values in mapping.values.values()}
    plain = mapping.model_copy(update={"values": {}})
    frames = []
    for raw in raws:
        columns = {name: plain_name(plain.owner_names(name)[0]) for name in (table.key[0], *looked)}
        if all(name in raw.columns for name in columns.values()):
            cells = {name: as_cells(raw.columns[owner]) for name, owner in columns.items()}
            texts = {n: distinct.plain(c.words).take(pa.array(c.codes)) for n, c in cells.items()}
            frames.append(pd.DataFrame({name: text.to_pandas() for name, text in texts.items()}))
    return pd.concat(frames) if frames else pd.DataFrame(columns=[table.key[0], *looked])
