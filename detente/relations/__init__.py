"""Events become the state of a pair: how it stands, when it turned, whether the thaw will hold.

`series.acts` counts, `series.levels` measures, `turning.turns` finds turns, `outlook.outlook` gives
a probability or says why not, `scorecard` scores what was filed. Every definition is frozen and has
a version; see `docs/method/relations.md`.
"""
