"""What a briefing says of its numbers, whatever they are."""

from __future__ import annotations

from typing import Final

READING: Final = (
    "The data date says up to which day or month figures count; the publication date says when they were "
    "printed. Ranks and highest values are computed on the figures as published on the date that is given, "
    "not as they were known on the day itself.",
    "Missing, zero and suppressed are three different things. Where a period inside a span was not "
    "published, the total is not given.",
    "Changes compare the same calendar days, or the same complete months, of both years, on the newest "
    "figures held of each. Where the earlier figure was published earlier, it stands as it was then, and the "
    "sentence says so.",
    "Lines are generalised between named zones, ports and official crossings. They show no track, no beach "
    "and no unofficial crossing point.",
    "A range beside a preliminary figure says where such figures settled before, in nine cases of ten. It "
    "holds as long as figures are revised as they were, and is given from 12 publications on.",
    "Hardly any figure is published for a single leg. Where a published figure covers several legs, each leg "
    "carries a range from zero to that figure.",
)
