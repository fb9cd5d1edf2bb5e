"""What every edit command has in common: its options, each said once, and what is done with them."""

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

import typer

from salestrack.cli.context import Context
from salestrack.cli.options import DiscountOption, FieldOption, ProductOption
from salestrack.cli.repeating import RepeatOptions, repeat_changes
from salestrack.domain.refs import KINDS
from salestrack.errors import UsageError

if TYPE_CHECKING:
    from salestrack.services.edits import Change
    from salestrack.services.edits.fields import Given


class Option(NamedTuple):
    """One value that an edit sets: the field's name, the letters of the kinds that have it, and how it is asked for."""

    name: str
    letters: str
    metavar: str
    help: str
    flags: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words by which it is asked for."""
        return self.flags or (f"--{self.name}",)

    @property
    def parameter(self) -> str:
        """Return the name under which the command gets it."""
        return f"to_{self.name}"


# What may be edited, in the order of the help. `-` empties what may be empty.
OPTIONS: tuple[Option, ...] = (
    Option("name", "cnp", "NAME", "What they or it are called."),
    Option("title", "ds", "TEXT", "What it is about."),
    Option("kind", "ca", "K", "The kind."),
    Option("customer", "ndsa", "WHO", "Whose it is."),
    Option("contact", "da", "N", "Whom at the customer it is about."),
    Option("deal", "sa", "DEAL", "The deal it belongs to."),
    Option("amount", "ds", "AMOUNT", "Net of tax."),
    Option("target", "q", "TARGET", "An amount, or a count."),
    Option("price", "p", "PRICE", "List price, net of tax; of what repeats, what each time is worth."),
    Option("pipeline", "d", "P", "The pipeline it is in."),
    Option("stage", "d", "S", "The open stage it is in."),
    Option("close", "d", "DATE", "When it is expected to close."),
    Option("probability", "d", "PERCENT", "Pin it; - follows the stage again."),
    Option("duration", "a", "DUR", "How long it took: 15m, 1h30.", ("--for",)),
    Option("direction", "a", "in|out", "in: they came to us; out: we went to them."),
    Option("outcome", "a", "O", "connected, no answer, no-show ..."),
    Option("subject", "a", "TEXT", "The subject line."),
    Option("tax", "sp", "RATE", "Sales tax on top, like 19%."),
    Option("fee", "s", "AMOUNT", "What the payment cost."),
    Option("cost", "s", "AMOUNT", "What it cost to deliver."),
    Option("ref", "s", "REF", "The number of the invoice or order."),
    Option("channel", "sq", "C", "Where it was sold: shop, direct ..."),
    Option("period", "q", "PERIOD", "month, 2026Q1, 2026 ..."),
    Option("email", "cn", "E", "Their e-mail address."),
    Option("phone", "cn", "P", "Their phone number."),
    Option("role", "n", "ROLE", "What they do there."),
    Option("segment", "c", "S", "Like retail."),
    Option("country", "c", "C", "Where they are."),
    Option("sku", "p", "SKU", "Article number."),
    Option("owner", "cdsaq", "O", "Whose it is to look after."),
    Option("source", "cd", "S", "Where it came from."),
    Option("campaign", "d", "TEXT", "What brought it."),
    Option("created", "cd", "DATE", "The day on which it was added."),
    Option("closed", "d", "DATE", "The day on which it was won or lost."),
    Option("reason", "d", "REASON", "Why it was lost."),
    Option("note", "cndsa", "TEXT", "A remark."),
)
_DATES = {
    "d": "Since when it is so; today by default.",
    "s": "The day of the sale.",
    "a": "When it happened, or is due.",
}
EVERY = "cndsapq"
_TAGGED = "cdsa"
_FIELDED = "cndsap"
_REPEATING = "sd"
_OF_PRODUCTS = "sd"


def options_for(letters: str) -> type:
    """Return the dataclass of the options with which records of some kinds are edited."""
    rows: list[tuple[str, Any, Any]] = [
        (option.parameter, *_text(option.words, option.metavar, option.help))
        for option in OPTIONS
        if set(option.letters) & set(letters)
    ]
    dates = [text for letter, text in _DATES.items() if letter in letters]
    if dates:
        rows.append(("date", *_text(("-d", "--date"), "WHEN", " ".join(dates) if len(dates) == 1 else _EITHER)))
    if "c" in letters:
        rows.append(("alias", *_many(("--alias",), "NAME", "Another name of the customer; repeatable.")))
        rows.append(("unalias", *_many(("--unalias",), "NAME", "Take another name away; repeatable.")))
    if "d" in letters:
        rows.append(("moved", *_many(("--moved",), "STAGE=DATE", "The day on which it came to a stage; repeatable.")))
        rows.append(("correct", *_flag(("--correct",), "It was always so: rewrite the history from the start.")))
    if set(letters) & set(_OF_PRODUCTS):
        rows += [("product", ProductOption, None), ("discount", DiscountOption, None)]
    if set(letters) & set(_TAGGED):
        rows.append(("tag", *_many(("-t", "--tag"), "TAG", "Put a tag on; repeatable.")))
        rows.append(("untag", *_many(("--untag",), "TAG", "Take a tag off; repeatable.")))
    if set(letters) & set(_FIELDED):
        rows.append(("field", FieldOption, None))
    if set(letters) & set(_REPEATING):
        hints = get_type_hints(RepeatOptions, include_extras=True)
        taken = {option.name for option in OPTIONS if set(option.letters) & set(letters)}
        rows += [(name, hints[name], None) for name in hints if name not in taken]
    if "d" in letters:
        rows.append(("worth", *_text(("--worth",), "AMOUNT", "What a deal that repeats counts in the pipeline.")))
    rows.append(("yes", *_flag(("-y", "--yes"), "Change three or more without being asked.")))
    rows.append(("editor", *_flag(("--editor",), "Open them in your editor; so it is without options at a terminal.")))
    return dataclasses.make_dataclass(
        "EditOptions", [(name, kind, dataclasses.field(default=default)) for name, kind, default in rows], frozen=True
    )


_EITHER = "A deal's: since when it is so. A sale's or activity's: its day."


def run_edit(run: Context, words: Sequence[str], letter: str | None, options: Any) -> None:
    """Change the records that the words name as the options say, or in the person's editor."""
    from salestrack.services.edits.naming import named
    from salestrack.services.edits.running import edit

    refs = named(run.store, words, letter, ask=run.ask)
    given = vars(options)
    if given.get("correct") and given.get("date") is not None:
        raise UsageError("--correct is about the whole past, --date about a day of it", hint="give one of them")
    changes = _changes(run, given, {ref.letter for ref in refs})
    on = _as_of(run, given, {ref.letter for ref in refs})
    if options.editor or (not changes and run.ask):
        if changes:
            raise UsageError("--editor shows everything, so it takes no other changes", hint="leave one of them out")
        from salestrack.cli.editor import edit_in_editor

        edit_in_editor(run, refs, on=on, correct=bool(given.get("correct")), yes=options.yes)
        return
    if not changes:
        raise UsageError("nothing to change", hint=_EXAMPLES.get(letter or "", _EXAMPLES["d"]))
    correct = bool(given.get("correct"))
    run.say(edit(run.store, refs, changes, on=on, ask=run.ask, yes=options.yes, correct=correct))


_EXAMPLES = {
    "c": "for example --phone '030 1234567', --segment retail",
    "n": "for example --email ann@acme.example, --role buyer",
    "d": "for example --amount 1200, --close eom, --title 'New website'",
    "s": "for example --amount 1200, --ref 2026-014, -d mon",
    "a": "for example --for 30m, --note 'call after six', -d 'tue 14:30'",
    "p": "for example --price 2500, --name 'Care plan'",
    "q": "for example --target 30000, --owner ana",
}


def _changes(run: Context, given: dict[str, Any], letters: set[str]) -> "list[Change]":
    """Return the changes that the options ask for."""
    from salestrack.services.edits.aliases import AliasChange
    from salestrack.services.edits.deals import WorthChange
    from salestrack.services.edits.fields import Given
    from salestrack.services.edits.moved import MoveChange
    from salestrack.services.edits.tags import TagChange

    means = Given(run.store, run.words, run.config.decimal)
    changes: list[Change] = [*_settings(given, means, letters)]
    changes += [MoveChange(text, means) for text in given.get("moved") or ()]
    if given.get("tag") or given.get("untag"):
        changes.append(TagChange(tuple(given["tag"] or ()), tuple(given["untag"] or ())))
    if given.get("alias") or given.get("unalias"):
        changes.append(AliasChange(tuple(given["alias"] or ()), tuple(given["unalias"] or ())))
    changes += _fields(run, given.get("field") or ())
    changes += _repeats(run, given, letters)
    if (worth := given.get("worth")) is not None:
        changes.append(WorthChange(worth, means))
    return [*changes, *_lines(run, given)]


def _lines(run: Context, given: dict[str, Any]) -> "list[Change]":
    from salestrack.services.edits.lines import LinesChange

    items, discount = given.get("product"), given.get("discount")
    if not items and discount is None:
        return []
    return [LinesChange(tuple(items) if items else None, discount, run.config.decimal)]


def _fields(run: Context, texts: Sequence[str]) -> "list[Change]":
    from salestrack.services.fields import FieldChange

    changes: list[Change] = []
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise UsageError(f"--field '{text}' is not NAME=VALUE", hint="for example --field region=north")
        changes.append(FieldChange(name.strip(), value, run.words, run.config.decimal))
    return changes


def _repeats(run: Context, given: dict[str, Any], letters: set[str]) -> "list[Change]":
    values = {field.name: given.get(field.name) for field in dataclasses.fields(RepeatOptions)}
    if _prices_repeat(letters):
        values["price"] = values["price"] or given.get("to_price")
    return repeat_changes(run, RepeatOptions(**values))


def _prices_repeat(letters: set[str]) -> bool:
    """Say whether --price is what a sale or deal costs each time, and not a product's list price."""
    return bool(letters & set(_REPEATING)) and "p" not in letters


def _settings(given: dict[str, Any], means: "Given", letters: set[str]) -> "list[Change]":
    from salestrack.services.edits.values import Setting

    found: list[Change] = []
    for option in OPTIONS:
        text = given.get(option.parameter)
        if text is not None and not (option.name == "price" and _prices_repeat(letters)):
            found.append(Setting(option.words[-1], option.letters, option.name, text, means))
    if given.get("date") is not None and letters != {"d"}:
        if "d" in letters and letters & set("sa"):
            said = "-d is the day of a sale or an activity, and of a deal the day since when it is so"
            raise UsageError(said, hint="edit them one kind at a time")
        found.append(Setting("--date", "sad" if "d" in letters else "sa", "date", given["date"], means))
    return found


def _as_of(run: Context, given: dict[str, Any], letters: set[str]) -> Any:
    from salestrack.domain.dates import parse_past

    text = given.get("date")
    return parse_past(text, run.words) if text is not None and letters == {"d"} else run.today


def refs_argument(letter: str | None) -> Any:
    """Return the type of the argument that names what is edited."""
    if letter is None:
        return Annotated[
            list[str], typer.Argument(metavar="REF...", help="Ids like d12, or d12,d14-d16.", show_default=False)
        ]
    noun = KINDS[letter]
    names = {"c": "a name, or ids", "n": "a name, or ids", "d": "an id, a customer with one open deal, or ids"}
    text = f"{names.get(letter, 'Ids')} like {letter}12 or 12,14-16."
    return Annotated[
        list[str],
        typer.Argument(metavar=f"{noun.upper()}...", help=text[:1].upper() + text[1:], show_default=False),
    ]


def _text(flags: tuple[str, ...], metavar: str, text: str) -> tuple[Any, None]:
    return Annotated[str | None, typer.Option(*flags, metavar=metavar, help=text, show_default=False)], None


def _many(flags: tuple[str, ...], metavar: str, text: str) -> tuple[Any, None]:
    return Annotated[list[str] | None, typer.Option(*flags, metavar=metavar, help=text, show_default=False)], None


def _flag(flags: tuple[str, ...], text: str) -> tuple[Any, bool]:
    return Annotated[bool, typer.Option(*flags, help=text)], False
