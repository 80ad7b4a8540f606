"""One batch of an import: clean, match, write, and say what became of each row. Trial and import share every line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from hatir.foundation.access.queries import writable_fields
from hatir.foundation.jobs.ahead import Hint
from hatir.foundation.records import actions, drafts, memory
from hatir.foundation.records.actor import Actor
from hatir.foundation.records.declaration import RecordType
from hatir.foundation.records.drafts import Drafted
from hatir.foundation.records.errors import Invalid, RecordError
from hatir.foundation.records.fields import FieldSpec
from hatir.foundation.records.registry import fields_of
from hatir.foundation.transfer.further import Adder, Further, Origin
from hatir.foundation.transfer.linking import Linker
from hatir.foundation.transfer.matching import Match, Matcher
from hatir.foundation.transfer.resolving import LINKS, Cleaner, IncomingRow
from hatir.kit.email_address import normalise_email
from hatir.kit.phone import normalise_phone

Write = Callable[[Sequence[Any]], None]
NEW, UPDATED, UNCHANGED, SKIPPED, REJECTED = "new", "updated", "unchanged", "skipped", "rejected"
NOTHING: tuple[Any, ...] = (None, "", [])
FOLLOWS = "follows"
OUTCOMES = (NEW, UPDATED, UNCHANGED, SKIPPED, REJECTED)


@dataclass(frozen=True)
class Options:
    """What the user decided. `on_match`: "update", "fill" (only empty fields), "skip" or "create" (one more)."""

    match_on: tuple[str, ...] = ()
    on_match: str = "update"
    create_new: bool = True
    create_missing: bool = True
    clear_empty: bool = False
    expected: tuple[str, ...] = ()
    """Relations whose other ends are in a file that is imported before (in a trial they are not there yet)."""
    make: tuple[str, ...] = ()
    """Relations whose other end is made where nothing is called so."""


@dataclass
class Outcome:
    """What became of a batch: counts that reconcile, rejected rows, links left loose, matches, and who was made."""

    counts: Counter[str] = field(default_factory=Counter)
    rejected: list[tuple[IncomingRow, str]] = field(default_factory=list)
    loose: list[tuple[IncomingRow, int]] = field(default_factory=list)
    matched: list[tuple[IncomingRow, Match, str]] = field(default_factory=list)
    made: dict[int, tuple[IncomingRow, Any]] = field(default_factory=dict)
    """The row that made a record, and the record, by its id."""
    linked: int = 0
    """How many records were made that rows are linked to."""


class Batcher:
    """Writes rows of one type for one actor."""

    def __init__(
        self,
        rt: RecordType,
        fields: Mapping[str, FieldSpec],
        options: Options,
        actor: Actor,
        *,
        decimal_mark: str,
        further: Mapping[str, Further] | None = None,
        origin: Origin | None = None,
        linkers: Sequence[Linker] = (),
        drafts_new: bool = False,
    ) -> None:
        self.rt, self.fields, self.options, self.actor = rt, fields, options, actor
        self.linkers = linkers
        self.adder = Adder(rt, further or {}, actor, origin)
        self.writable = frozenset(writable_fields(actor, rt))
        self.cleaner = Cleaner(
            rt,
            fields,
            actor,
            decimal_mark=decimal_mark,
            create_missing=options.create_missing,
            expected=options.expected,
        )
        self.matcher = Matcher(rt, options.match_on, fields, actor)
        self._links = [name for name, spec in fields.items() if spec.kind in LINKS]
        self._may_draft = drafts_new and options.create_new and rt.draft is not None and memory.is_open()
        self._drafts = Hint(self._may_draft)
        if self._may_draft:
            drafts.make(rt, [])  # reads the definitions that drafts need, once and here
        self.leaders: dict[int, int] = {}
        """Rows that others follow (`IncomingRow.follows`), and the record that each became; 0 while there is none."""

    def read(self, rows: list[IncomingRow]) -> None:
        """Read the cells of a batch; what costs the most time of a row and needs no lock is done here."""
        self.cleaner.read(rows)
        for row in rows:
            if row.further:
                row.parts = self.adder.read(row.line, row.further, row.errors)
            if not self.matcher.together:  # else links, which are found later, are a part of the key
                row.keys = self.keys_of(row)
        if self._drafts:
            self._draft(rows)

    def _draft(self, rows: Sequence[IncomingRow]) -> None:
        """Make new records of the rows ahead, as far as they follow from the row alone."""
        alone = [row for row in rows if not (row.errors or row.left_out or row.decision == "skip" or row.parts)]
        ready = [row for row in alone if row.record_id is None]
        given = [{name: value for name, value in row.values.items() if name not in self._links} for row in ready]
        for row, draft in zip(ready, drafts.make(self.rt, [self._filled(values) for values in given]), strict=True):
            row.draft = draft

    def expect(self, outcome: Outcome, rows: int) -> None:
        """Let the reader draft new records as long as most rows become one: else it would be for nothing."""
        if self._may_draft:
            self._drafts.say(outcome.counts[NEW] * 2 > rows)

    def write(self, rows: list[IncomingRow]) -> Outcome:
        """Write a batch that was read, in the caller's transaction; rows of the same record one after another."""
        outcome = Outcome()
        taken = [row for row in rows if not row.left_out and row.decision != "skip"]
        outcome.counts[SKIPPED] += len(rows) - len(taken)
        for linker in self.linkers:
            outcome.linked += linker.link([row for row in taken if not row.errors], self.cleaner)
        self.cleaner.link(taken)
        waiting = self._without_errors(taken, outcome)
        while waiting:
            wave, waiting = self._one_per_record(waiting)
            self._follow(wave)
            matches = self.matcher.match([row for row in wave if self.policy(row) != "create"])
            wave, again = self._once_each(self._without_errors(wave, outcome), matches)
            waiting = [*again, *waiting]
            self._update([(row, matches[row.line]) for row in wave if row.line in matches], outcome)
            self._create([row for row in wave if row.line not in matches], outcome)
            if self.leaders:
                self._note_leaders(wave, outcome)
        return outcome

    def _follow(self, wave: Sequence[IncomingRow]) -> None:
        """Let rows be the records that the rows became which they follow."""
        for row in wave if self.leaders else ():
            if row.follows is not None and row.record_id is None:
                row.record_id, row.id_is_hint = self.leaders.get(row.follows) or None, True

    def _note_leaders(self, wave: Sequence[IncomingRow], outcome: Outcome) -> None:
        wanted = {row.line for row in wave if row.line in self.leaders}
        if wanted:
            found = {row.line: pk for pk, (row, _record) in outcome.made.items()}
            found |= {row.line: match.pk for row, match, _done in outcome.matched}
            self.leaders |= {line: found[line] for line in wanted if line in found}

    def policy(self, row: IncomingRow) -> str:
        """Give what happens with this row when it is a record already: its own decision, or that for all."""
        return row.decision or self.options.on_match

    def keys_of(self, row: IncomingRow) -> list[tuple[str, str]]:
        """Give the keys by which the row is the same thing as another; one that is made in any case has none."""
        if row.keys is not None:
            return row.keys
        return [] if self.policy(row) == "create" else self.matcher.keys_of(row)

    def _without_errors(self, rows: Sequence[IncomingRow], outcome: Outcome) -> list[IncomingRow]:
        good = []
        for row in rows:
            if row.errors:
                self._reject(row, self._told(row), outcome)
            else:
                good.append(row)
        return good

    def _told(self, row: IncomingRow) -> str:
        labels = {name: str(spec.label) for name, spec in self.fields.items()}
        labels |= {name: str(further.label) for name, further in self.adder.chosen.items()}
        return " ".join(f"{labels.get(name, name)}: {told}" if name else told for name, told in row.errors.items())

    def _reject(self, row: IncomingRow, reason: str, outcome: Outcome) -> None:
        outcome.counts[REJECTED] += 1
        outcome.rejected.append((row, reason))

    def _one_per_record(self, rows: Sequence[IncomingRow]) -> tuple[list[IncomingRow], list[IncomingRow]]:
        wave: list[IncomingRow] = []
        later: list[IncomingRow] = []
        taken: set[tuple[str, str]] = set()
        for row in rows:
            keys = set(self.keys_of(row))
            if self.leaders and (first := row.follows or row.line) in self.leaders:
                keys.add((FOLLOWS, str(first)))
            if keys & taken:
                later.append(row)
            else:
                wave.append(row)
            taken |= keys
        return wave, later

    def _once_each(
        self, wave: Sequence[IncomingRow], matches: Mapping[int, Match]
    ) -> tuple[list[IncomingRow], list[IncomingRow]]:
        """Keep one row for each record; another that is the same by something else (its e-mail, where the first
        was known by its telephone) comes after it, and then sees what the first one wrote."""
        taken: set[int] = set()
        first: list[IncomingRow] = []
        again: list[IncomingRow] = []
        for row in wave:
            match = matches.get(row.line)
            if match is not None and match.pk in taken:
                again.append(row)
                continue
            if match is not None:
                taken.add(match.pk)
            first.append(row)
        return first, again

    # --- records that exist ---

    def _update(self, pairs: list[tuple[IncomingRow, Match]], outcome: Outcome) -> None:
        work = [(row, match, self._changes(row, match.stored)) for row, match in pairs]
        touched = [item for item in work if (item[2] or item[0].parts) and self.policy(item[0]) != "skip"]
        records = self.matcher.records([match.pk for _row, match, _changes in touched])
        versions = {pk: record.version for pk, record in records.items()}
        ready = [(row, records[match.pk], changes) for row, match, changes in touched]
        refused = self._attempt(ready, self._write_updates)
        for row, match, _changed in work:
            if row.line in refused:
                self._reject(row, refused[row.line], outcome)
                continue
            if self.policy(row) == "skip":
                done = SKIPPED
            else:
                got_more = row.line in self.adder.lines_with_more
                record = records.get(match.pk)
                written = record is not None and record.version != versions[match.pk]
                done = UPDATED if got_more or written else UNCHANGED
            outcome.counts[done] += 1
            outcome.matched.append((row, match, done))
            if row.loose and done != SKIPPED:
                outcome.loose.append((row, match.pk))

    def _changes(self, row: IncomingRow, record: Mapping[str, Any]) -> dict[str, Any]:
        """Name what the row would change. An empty cell erases nothing unless that was chosen."""
        changes = {}
        for name, value in row.values.items():
            spec = self.fields[name]
            stored = record[name]
            if value == stored:
                continue
            if value in (None, "", []) and not self.options.clear_empty:
                continue
            if self.policy(row) == "fill" and stored not in (None, "", []):
                continue
            if not _is_same(spec, value, stored):
                changes[name] = value
        return changes

    def _write_updates(self, work: Sequence[tuple[IncomingRow, Any, dict[str, Any]]]) -> None:
        changed = [(record, changes) for _row, record, changes in work if changes]
        if len(changed) == len(work):
            actions.update(self.rt, changed, actor=self.actor)
        else:  # the door names rows by their place among the changed
            self._update_some(work, changed)
        self.adder.add([(row.line, record, row.parts) for row, record, _changes in work])

    def _update_some(self, work: Sequence[tuple[IncomingRow, Any, dict[str, Any]]], changed: Sequence[Any]) -> None:
        places = [at for at, (_row, _record, changes) in enumerate(work) if changes]
        try:
            actions.update(self.rt, changed, actor=self.actor)
        except Invalid as problem:
            raise Invalid(rows={places[at]: told for at, told in problem.rows.items()}) from problem

    # --- new records ---

    def _create(self, rows: list[IncomingRow], outcome: Outcome) -> None:
        if not self.options.create_new:
            for row in rows:
                self._reject(row, _("No record matches, and new ones are not to be created."), outcome)
            return
        work = [(row, self._new_values(row)) for row in self._complete(rows, outcome)]
        made: dict[int, Any] = {}

        def write(part: Sequence[tuple[IncomingRow, dict[str, Any] | Drafted]]) -> None:
            records = drafts.create(self.rt, [values for _row, values in part], actor=self.actor)
            made.update(zip((row.line for row, _values in part), records, strict=True))
            self.adder.add([(row.line, record, row.parts) for (row, _v), record in zip(part, records, strict=True)])

        refused = self._attempt(work, write)
        for row, _values in work:
            if row.line in refused:
                self._reject(row, refused[row.line], outcome)
                continue
            outcome.counts[NEW] += 1
            outcome.made[made[row.line].pk] = (row, made[row.line])
            if row.loose:
                outcome.loose.append((row, made[row.line].pk))

    def _complete(self, rows: Sequence[IncomingRow], outcome: Outcome) -> list[IncomingRow]:
        needed = [spec for spec in fields_of(self.rt).values() if spec.required and spec.editable]
        for row in rows:
            for spec in needed:
                if row.values.get(spec.name) in (None, "", []) and spec.name not in row.loose:
                    row.errors[spec.name] = _("This field is required.")
        return self._without_errors(rows, outcome)

    def _new_values(self, row: IncomingRow) -> dict[str, Any] | Drafted:
        if row.draft is not None:
            links = {name: row.values[name] for name in self._links if row.values.get(name) not in NOTHING}
            return Drafted(row.draft, links)
        given = self._filled(row.values)
        if row.parts:
            row.parts = self.adder.fill_main(given, row.parts, self.writable)
        return given

    def _filled(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: value for name, value in values.items() if value not in NOTHING}
        if not any(given.get(name) for name in (self.rt.title, "given_name", "family_name")):
            given |= self._name_of_last_resort(given)
        return given

    def _name_of_last_resort(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Call someone of whom only the e-mail or telephone is known by that, as address books do."""
        reached = [spec.name for spec in self.fields.values() if spec.kind in ("email", "phone")]
        named = next((given[name] for name in sorted(reached) if given.get(name)), None)
        return {self.rt.title: named} if named and self.rt.title in self.writable else {}

    # --- one refused row must not refuse the others ---

    def _attempt(self, work: Sequence[Any], write: Write) -> dict[int, str]:
        """Write all at once; when the door refuses, leave out the named rows, or halve until the refused are found."""
        if not work:
            return {}
        try:
            with transaction.atomic():
                write(work)
        except Invalid as problem:
            named = {at for at in problem.rows if 0 <= at < len(work)}
            if not named:
                return self._halve(work, write, problem)
            refused = {work[at][0].line: self._words(problem.rows[at]) for at in named}
            for at in named:
                work[at][0].errors |= {name: " ".join(found) for name, found in problem.rows[at].items()}
            return refused | self._attempt([item for at, item in enumerate(work) if at not in named], write)
        except RecordError as problem:
            return self._halve(work, write, problem)
        return {}

    def _halve(self, work: Sequence[Any], write: Write, problem: RecordError) -> dict[int, str]:
        if len(work) == 1:
            return {work[0][0].line: str(problem)}
        middle = len(work) // 2
        return self._attempt(work[:middle], write) | self._attempt(work[middle:], write)

    def _words(self, errors: Mapping[str, Sequence[str]]) -> str:
        labels = {name: str(spec.label) for name, spec in fields_of(self.rt).items()}
        told = (
            f"{labels[name]}: {' '.join(found)}" if name in labels else " ".join(found)
            for name, found in errors.items()
        )
        return " ".join(told)


def _is_same(spec: FieldSpec, value: Any, stored: Any) -> bool:
    """Compare what a row gives with what is stored; two spellings of one telephone number or e-mail are the same."""
    if isinstance(value, list):
        return sorted(value) == sorted(stored or [])
    if spec.kind == "phone" and stored:
        if value == stored:
            return True
        number = normalise_phone(str(value)).e164
        return number is not None and number == normalise_phone(str(stored)).e164
    if spec.kind == "email" and stored:
        return bool(normalise_email(str(value)) == stored)
    return bool(value == stored)
