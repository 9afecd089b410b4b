"""Kinds of chart in one house style: one module a kind, each a frozen dataclass of data and words.

A chart takes plain numbers and words that are already in the reader's language; it knows neither
a report nor a translator. ``chart.figure(...)`` draws it wide and narrow and gives the Plate::

    chart = Intervals(
        rows=(Interval("Two-way fixed effects", -0.12, -0.20, -0.04, key="headline"), ...),
        across=Axis(partial(percent, language="en", decimals=0, signed=True)),
        references=(Reference(0.0),),
    )
    return chart.figure(
        **brief.plate("specifications"), title=..., caption=..., alt=..., table=...
    )

``table`` is left out where the chart's own one says everything (``chart.table()``): the numbers
it draws, written as its axes write them.

A new kind of chart is one new module here: a dataclass that inherits from ``Chart`` and says how
it is drawn (``draw``), what it shows as a table (``table``) and how tall it is (``height``).
What charts share: ``axes`` (``Axis``: a number's words; ``Periods``: the calendar; ``Reference``:
a line that others are held against), ``gutter`` (rows and their names), ``labels``
(wrapping, names at ends of lines, legends), ``style`` (colours, marks and type sizes by
language-neutral key), and ``drawing`` with ``canvas`` and ``words``, which keep what every drawing
would make anew.

Rules: names stand in a gutter beside the bars, never over them (``gutter``); colours go by
key, never by position; what the title names is labelled directly; at most ten gridlines; a missing
value leaves a gap and never a zero.
"""
