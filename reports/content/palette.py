"""The colours of workbook and page."""

LIGHT = {
    "paper": "FFFFFF",
    "panel": "F5F7F9",
    "ink": "1F2A35",
    "muted": "5B6875",
    "line": "D5DCE3",
    "head": "E3EAF0",
    "accent": "1F5F8B",
    "late": "D98A00",
    "late-line": "7A4B00",
    "late-soft": "FFF1D6",
    "entry": "EAF4E6",
    "entry-head": "CFE5C6",
    "left": "98A4AF",
    "bad": "B3261E",
    "bar": "C5DCEC",
    "bar-next": "9CC3DE",
    "bar-late": "F6CE85",
    "bar-late-next": "EBB04A",
}
"""Colours by role; on time is the accent. Blue, amber and grey stay apart for colour-blind readers."""

DARK = {
    "paper": "12181E",
    "panel": "1B242C",
    "ink": "E6EBF0",
    "muted": "9BA8B4",
    "line": "32404C",
    "head": "243240",
    "accent": "6BB1E0",
    "late": "F0B24A",
    "late-line": "6B4200",
    "late-soft": "3A2F1A",
    "entry": "1F2F22",
    "entry-head": "2C4430",
    "left": "6F7C88",
    "bad": "F2897F",
    "bar": "24465E",
    "bar-next": "2F5F80",
    "bar-late": "7A5A1E",
    "bar-late-next": "946A1C",
}
