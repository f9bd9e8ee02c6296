"""The house rules of imports that the built-in contracts cannot say."""

from __future__ import annotations

from typing import cast

from importlinter import Contract, ContractCheck, fields, output


class Doors(Contract):
    """A room is entered by its doors only.

    An import that crosses from one room into another must arrive at one of the
    named modules (the doors). Models, facts, tasks and machinery stay inside.
    `keys_to` names single imports that are let in elsewhere; one that nobody needs any more breaks the contract.
    """

    rooms = fields.SetField(subfield=fields.StringField())
    doors = fields.SetField(subfield=fields.StringField())
    root = fields.StringField()
    keys_to = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph, verbose):  # type: ignore[no-untyped-def]
        # Each field is declared as a field and holds its value.
        rooms, doors, keys = (
            set(cast("set[str] | None", each) or ()) for each in (self.rooms, self.doors, self.keys_to)
        )
        trespasses = []
        for importer in sorted(graph.modules):
            for imported in sorted(graph.find_modules_directly_imported_by(importer)):
                room, door = self._address(imported)
                if room not in rooms or self._address(importer)[0] == room:
                    continue
                if door not in doors:
                    trespasses.append((importer, imported))
        used = {f"{importer} -> {imported}" for importer, imported in trespasses} & keys
        trespasses = [pair for pair in trespasses if " -> ".join(pair) not in keys]
        unused = sorted(keys - used)
        return ContractCheck(kept=not trespasses and not unused, metadata={"trespasses": trespasses, "unused": unused})

    def render_broken_contract(self, check):  # type: ignore[no-untyped-def]
        for importer, imported in check.metadata["trespasses"]:
            output.print_error(f"{importer} -> {imported} is not a door", bold=False)
        for key in check.metadata["unused"]:
            output.print_error(f"{key} is let in but does not come", bold=False)

    def _address(self, module: str) -> tuple[str, str]:
        """Return the room and the module of the room that a dotted name lies in."""
        parts = module.removeprefix(f"{self.root}.").split(".")
        return parts[0], parts[1] if len(parts) > 1 else ""
