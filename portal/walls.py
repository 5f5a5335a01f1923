"""A wall that import-linter has no word for. ``make check`` reads it; the portal never does."""

from typing import cast

from grimp import ImportGraph
from importlinter.application import output
from importlinter.domain import fields
from importlinter.domain.contract import Contract, ContractCheck


class ScreensContract(Contract):
    """No room imports another room's screens, except the parts named in ``shared``.

    A room added later is covered without a change here, which one `forbidden` contract for each
    room would not give.
    """

    type_name = "screens"

    container = fields.StringField()
    screens = fields.SetField(subfield=fields.StringField())
    shared = fields.SetField(subfield=fields.StringField(), required=False)

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        breaches = []
        for screen in sorted(self._screens_in(graph)):
            room = screen.split(".")[1]
            for importer in sorted(graph.find_modules_that_directly_import(screen)):
                in_a_room = importer.startswith(f"{self.container}.")
                if in_a_room and importer.split(".")[1] != room:
                    breaches.append((importer, screen))
        return ContractCheck(kept=not breaches, metadata={"breaches": breaches})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for importer, screen in check.metadata["breaches"]:
            output.print_error(f"{importer} is not allowed to import {screen}.", bold=False)

    def _screens_in(self, graph: ImportGraph) -> set[str]:
        screens = cast(set[str], self.screens)
        shared = {f"{self.container}.{part}" for part in cast(set[str], self.shared or set())}
        return {
            module
            for module in graph.modules
            if module.startswith(f"{self.container}.")
            and module.split(".")[2:3]
            and module.split(".")[2] in screens
            and ".".join(module.split(".")[:3]) not in shared
        }
