"""Whether a new schema keeps what the published one promised. Pure.

Whoever wrote a program after the published schema must be able to leave it as it is: no address,
parameter, answer or field goes away; no question is taken that was taken before less narrowly; no
answer holds what could not be there.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]
# Bounds of what may be asked: (word, whether a larger value is the narrower one).
BOUNDS = (("minimum", True), ("maximum", False), ("minLength", True), ("maxLength", False))


def broken_promises(published: Schema, current: Schema) -> list[str]:
    """A line for each thing that was taken away or narrowed; none: all promises are kept."""
    return [
        line
        for path, operations in published["paths"].items()
        for method, operation in operations.items()
        for line in _operation(
            f"{method.upper()} {path}",
            (published, operation),
            (current, current["paths"].get(path, {}).get(method)),
        )
    ]


Side = tuple[Schema, Any]


def _operation(place: str, before: Side, after: Side) -> Iterator[str]:
    if after[1] is None:
        yield f"{place}: is gone"
        return
    yield from _parameters(place, before, after)
    for status, answer in before[1]["responses"].items():
        now = after[1]["responses"].get(status)
        if now is None:
            yield f"{place} {status}: is gone"
            continue
        for header in answer.get("headers", {}).keys() - now.get("headers", {}).keys():
            yield f"{place} {status}: the header {header} is gone"
        for media, content in answer.get("content", {}).items():
            there = now.get("content", {}).get(media)
            if there is None:
                yield f"{place} {status}: {media} is gone"
                continue
            yield from _answer(
                f"{place} {status}", (before[0], content["schema"]), (after[0], there["schema"])
            )


def _parameters(place: str, before: Side, after: Side) -> Iterator[str]:
    known = {(each["in"], each["name"]): each for each in before[1]["parameters"]}
    found = {(each["in"], each["name"]): each for each in after[1]["parameters"]}
    for key, old in known.items():
        name = f"{place}: parameter {key[1]}"
        new = found.get(key)
        if new is None:
            yield f"{name} is gone"
            continue
        if new["required"] and not old["required"]:
            yield f"{name} became required"
        yield from _question(name, (before[0], old["schema"]), (after[0], new["schema"]))
    for key, new in found.items():
        if new["required"] and key not in known:
            yield f"{place}: parameter {key[1]} is new and required"


def _question(name: str, before: Side, after: Side) -> Iterator[str]:
    """What may be sent: everything that was taken is still taken."""
    old, new = _resolved(before), _resolved(after)
    for word in ("type", "format", "pattern"):
        if new.get(word) not in (None, old.get(word)):
            yield f"{name}: {word} was {old.get(word)} and is {new[word]}"
    if "enum" in new and not set(old.get("enum", [None])) <= set(new["enum"]):
        yield f"{name}: takes fewer values"
    for word, larger_is_narrower in BOUNDS:
        if word in new and (
            word not in old
            or (new[word] > old[word] if larger_is_narrower else new[word] < old[word])
        ):
            yield f"{name}: {word} was {old.get(word)} and is {new[word]}"


def _answer(place: str, before: Side, after: Side) -> Iterator[str]:
    """What comes back: every field is still there, and of a kind that it could be before."""
    old, new = _resolved(before), _resolved(after)
    kinds, kinds_now = _kinds(before), _kinds(after)
    if kinds and not kinds_now <= kinds:
        yield f"{place}: was {'/'.join(sorted(kinds))} and is {'/'.join(sorted(kinds_now))}"
        return
    for missing in set(old.get("required", ())) - set(new.get("required", ())):
        if missing in new.get("properties", {}):
            yield f"{place}.{missing}: may be missing now"
    for name, field in old.get("properties", {}).items():
        now = new.get("properties", {}).get(name)
        if now is None:
            yield f"{place}.{name}: is gone"
        else:
            yield from _answer(f"{place}.{name}", (before[0], field), (after[0], now))
    if "items" in old and "items" in new:
        yield from _answer(f"{place}[]", (before[0], old["items"]), (after[0], new["items"]))


def _resolved(side: Side) -> Schema:
    """The schema behind a reference; of a choice with null, what is there when it is not null."""
    whole, schema = side
    if "$ref" in schema:
        return _resolved((whole, whole["components"]["schemas"][schema["$ref"].split("/")[-1]]))
    choices = [each for each in schema.get("anyOf", ()) if each.get("type") != "null"]
    return _resolved((whole, choices[0])) if len(choices) == 1 else schema


def _kinds(side: Side) -> set[str]:
    """The JSON types that a value can have, with its format; empty: any."""
    whole, schema = side
    if "$ref" in schema:
        return _kinds((whole, whole["components"]["schemas"][schema["$ref"].split("/")[-1]]))
    if "anyOf" in schema:
        return set().union(*(_kinds((whole, each)) for each in schema["anyOf"]))
    if "type" not in schema:
        return set()
    return {f"{schema['type']} {schema.get('format', '')}".strip()}
