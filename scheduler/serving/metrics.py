"""What Prometheus reads: requests of this process, and how the store stands."""

import threading
from collections import Counter
from collections.abc import Iterable, Mapping

_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.5, 1.0, 2.5, 10.0)

Labels = tuple[tuple[str, str], ...]


class Metrics:
    """Counts requests and how long they took, by the route."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: Counter[tuple[str, str, int]] = Counter()
        self._seconds: dict[str, list[float]] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request."""
        with self._lock:
            self._answers[route, method, status] += 1
            row = self._seconds.setdefault(route, [0.0] * (len(_BOUNDS) + 2))
            for place, bound in enumerate(_BOUNDS):
                row[place] += seconds <= bound
            row[-2] += 1
            row[-1] += seconds

    def lines(self) -> list[str]:
        """The counts in Prometheus' text format."""
        with self._lock:
            answers, seconds = dict(self._answers), {route: list(row) for route, row in self._seconds.items()}
        found = ["# TYPE allot_http_requests_total counter"]
        for (route, method, status), answered in sorted(answers.items()):
            told = (("route", route), ("method", method), ("status", str(status)))
            found.append(line("allot_http_requests_total", answered, told))
        found.append("# TYPE allot_http_request_seconds histogram")
        for route, row in sorted(seconds.items()):
            for bound, number in zip((*_BOUNDS, "+Inf"), row, strict=False):
                labels = (("route", route), ("le", str(bound)))
                found.append(line("allot_http_request_seconds_bucket", number, labels))
            found.append(line("allot_http_request_seconds_sum", row[-1], (("route", route),)))
            found.append(line("allot_http_request_seconds_count", row[-2], (("route", route),)))
        return found


def gauge(name: str, values: Iterable[tuple[Mapping[str, str], float]]) -> list[str]:
    """A figure, once for each set of labels."""
    return [f"# TYPE {name} gauge", *(line(name, value, tuple(labels.items())) for labels, value in values)]


def line(name: str, value: float, labels: Labels = ()) -> str:
    """A line of Prometheus' text format."""
    told = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
    return f"{name}{{{told}}} {value:.15g}" if told else f"{name} {value:.15g}"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
