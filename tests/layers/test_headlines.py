"""A reader of the headlines can tell which change a remark on a change is about."""

import datetime as dt

from layers.brief import _headlines
from layers.dossier import Dossier, Options


def test_how_a_change_moves_stands_beside_that_change():
    dossier = Dossier(Options(corridors=("channel",), as_of=dt.date(2024, 12, 12)))
    lines = _headlines({record.statistic: record for record in dossier.records})
    assert "(29,090). A week earlier the change would be +16.8 %" in lines[0]
    assert not [line for line in lines if line.startswith("A week earlier")]
