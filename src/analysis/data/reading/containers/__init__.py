"""Bytes become cells: delimited text, workbooks, Parquet files and answers of databases."""
