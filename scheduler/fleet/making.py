"""Making the plans of a list that are not there yet, by whoever works."""

import json
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

from data import NotARunFolderError, UnreadableRunError, held, read_record
from models import Executor, Limits, OptionError, RunRecord, fault_of_a_file
from reports import Fleet, Site, fleet_frame
from scheduler.fleet.listing import FleetPlan
from scheduler.run.basis import basis_of
from scheduler.run.context import InterruptedEarlyError
from scheduler.run.policy import read_policy
from scheduler.run.request import Request

LEDGER, PAGE, TABLE = "fleet.json", "fleet.html", "fleet.csv"
_OF_A_RUN = ("plan.parquet", "unplanned.parquet", "rejects.csv")

Tell = Callable[[Site, int], None]
"""Is told of each plan that is done, and how many are."""


class Job(NamedTuple):
    """A plan to make, where ``options`` are those of a request."""

    name: str
    options: Mapping[str, Any]


class Made(NamedTuple):
    """A plan that has been made, and the seconds it took."""

    seconds: float


def make_one(job: Job, limits: Limits) -> Made:
    """Makes a plan in its folder; the clock of its time limit starts here.

    Raises:
        InterruptedEarlyError: it was stopped before there was a plan.
        OptionError: there is no snapshot.
        others: as for :func:`scheduler.run.pipeline.run_plan`.
    """
    began = time.monotonic()
    if limits.cancelled.is_set():
        raise InterruptedEarlyError("not begun: stopped before")
    if not job.options["source"].exists():
        raise OptionError(f"there is no snapshot {job.options['source']}")
    from scheduler.run.pipeline import run_plan

    run_plan(Request(**job.options, workers=1, keep_better=True, began=began, cancelled=limits.cancelled))
    return Made(round(time.monotonic() - began, 3))


def make_fleet(
    plans: Sequence[FleetPlan],
    out: Path,
    options: Mapping[str, Any],
    executor: Executor,
    limits: Limits,
    tell: Tell,
    language: str,
) -> tuple[Fleet, list[Exception]]:
    """All plans of the list, those that were missing made, and what failed; ``options`` count where a plan has none.

    ``out`` gets a folder for each, ``fleet.json``, the table and the page. A plan is there if it was made from the
    same files, policy and options, and was not stopped early.

    Raises:
        LockError: another fleet is being made in ``out``.
        PolicyError: a policy is refused.
        WorkersError: there is nobody left to make plans.
    """
    out = out.resolve()
    with held(out, f"another fleet is being made in {out}; wait for it, or give this one another --out"):
        out.mkdir(parents=True, exist_ok=True)
        return _Making(plans, out, options, language).run(executor, limits, tell)


def _said_of(fault: Exception) -> str:
    """Why there is no plan."""
    what, advice = fault_of_a_file(fault) or (str(fault), "")
    return f"{what}; {advice[0].lower()}{advice[1:].rstrip('.')}" if advice else what


class _Making:
    """A fleet in the making."""

    def __init__(self, plans: Sequence[FleetPlan], out: Path, options: Mapping[str, Any], language: str) -> None:
        self._out, self._language = out, language
        self._names = [plan.name for plan in plans]
        self._jobs = {plan.name: self._job(plan, options) for plan in plans}
        self._basis = {name: basis_of(job.options) for name, job in self._jobs.items()}
        self._sites = self._known()
        self._faults: dict[str, Exception] = {}

    def _job(self, plan: FleetPlan, options: Mapping[str, Any]) -> Job:
        chosen = {**options, **plan.options}
        chosen |= {"policy": read_policy(chosen.get("policy")), "source": plan.snapshot, "out": self._out / plan.name}
        return Job(plan.name, chosen)

    def _known(self) -> dict[str, Site]:
        """What is there already, by the ledger."""
        try:
            rows = json.loads((self._out / LEDGER).read_text(encoding="utf-8"))["plans"]
            known = {row["name"]: row for row in rows}
        except (OSError, ValueError, KeyError, TypeError):
            known = {}
        sites = {}
        for name in self._names:
            row, site = known.get(name, {}), Site(name=name)
            run = _run_in(self._out / name) if row.get("basis") == self._basis[name] else None
            there = run is not None and run.run_id == row.get("run_id") and run.stop != "interrupted"
            sites[name] = (
                replace(site, run=run, page=self._page(name), kept=True, seconds=row.get("seconds")) if there else site
            )
        return sites

    def run(self, executor: Executor, limits: Limits, tell: Tell) -> tuple[Fleet, list[Exception]]:
        """Makes what is missing."""
        done = 0
        for site in self._sites.values():
            if site.run is not None:
                done += 1
                tell(site, done)
        missing = [self._jobs[name] for name in self._names if self._sites[name].run is None]
        self._write()
        try:
            for made in executor.each(make_one, missing, limits):
                job = missing[made.number]
                self._sites[job.name] = self._site(job, made.result, made.fault)
                done += 1
                self._write_ledger()
                tell(self._sites[job.name], done)
        finally:
            self._write()
        return self._fleet(), [self._faults[name] for name in self._names if name in self._faults]

    def _site(self, job: Job, made: Made | None, fault: Exception | None) -> Site:
        site = Site(name=job.name)
        if made is None:
            self._faults[job.name] = fault or InterruptedEarlyError("stopped")
            return replace(site, fault=_said_of(self._faults[job.name]))
        run = _run_in(self._out / job.name)
        if run is None:
            return replace(site, fault=f"its run cannot be read here: do the workers write to {self._out}?")
        return replace(site, run=run, page=self._page(job.name), seconds=made.seconds)

    def _page(self, name: str) -> str:
        return f"{name}/report.html" if (self._out / name / "report.html").exists() else ""

    def _fleet(self) -> Fleet:
        return Fleet(tuple(self._sites[name] for name in self._names))

    def _write(self) -> None:
        fleet = self._fleet()
        self._write_ledger()
        fleet_frame(fleet).write_csv(self._out / TABLE, include_bom=True)
        from reports import write_fleet_page

        write_fleet_page(fleet, self._out / PAGE, self._language)

    def _write_ledger(self) -> None:
        rows = []
        for row in fleet_frame(self._fleet()).rows(named=True):
            name = row.pop("site")
            rows.append({"name": name, **row, "basis": self._basis[name]})
        there = sum(site.run is not None for site in self._sites.values())
        text = json.dumps({"there": there, "all": len(rows), "plans": rows}, ensure_ascii=False, indent=1)
        beside = self._out / f".{LEDGER}"
        beside.write_text(text + "\n", encoding="utf-8")
        os.replace(beside, self._out / LEDGER)


def _run_in(folder: Path) -> RunRecord | None:
    """The run in a folder, ``None`` without one that can be read and holds."""
    try:
        run = read_record(folder)
    except (NotARunFolderError, UnreadableRunError):
        return None
    whole = run.check.ok and run.counts is not None and run.agents is not None
    return run if whole and all((folder / name).exists() for name in _OF_A_RUN) else None
