"""People who do not exist. Their identity numbers begin with 999, which is no province's code."""

import csv
from dataclasses import dataclass
from pathlib import Path

DIGITS = ("Không", "Một", "Hai", "Ba", "Bốn", "Năm", "Sáu", "Bảy", "Tám", "Chín")
COMMUNES = (
    Path(__file__).resolve().parents[1] / "registration" / "units" / "data" / "vn_communes.csv"
)
PROVINCE = "22"
# One of the example numbers of the telephone library; nothing is sent to it, SMS is off.
PHONE = "0912 345 678"


@dataclass(frozen=True)
class Citizen:
    number: int

    @property
    def name(self) -> str:
        """ "Đo Tải" means "measuring the load"; the rest spells the number."""
        return " ".join(["Đo Tải", *(DIGITS[int(digit)] for digit in str(self.number))])

    @property
    def email(self) -> str:
        return f"do-tai-{self.number}@bench.example.org"

    @property
    def address(self) -> str:
        """An address of their own within this machine, so that nobody shares a sender's limit."""
        net, host = divmod(self.number, 250)
        return f"127.{10 + net // 250 % 200}.{net % 250}.{host + 1}"

    @property
    def birth(self) -> tuple[str, str, str]:
        return str(1 + self.number % 28), str(1 + self.number % 12), str(1950 + self.number % 50)

    @property
    def is_woman(self) -> bool:
        return self.number % 2 == 0

    @property
    def identity_number(self) -> str:
        return f"999{int(self.is_woman)}{self.birth[2][2:]}{self.number % 1_000_000:06d}"

    def answers(self, communes: list[str]) -> dict[str, str]:
        """The fields of Vietnam's application, by their names on the form."""
        day, month, year = self.birth
        return {
            "full_name": self.name,
            "birth_date_0": day,
            "birth_date_1": month,
            "birth_date_2": year,
            "sex": "female" if self.is_woman else "male",
            "occupation": "Đo tải",
            "workplace": "Máy đo tải",
            "phone": PHONE,
            "email": self.email,
            "identity_number": self.identity_number,
            "identity_issued_on_0": "1",
            "identity_issued_on_1": "7",
            "identity_issued_on_2": "2021",
            "identity_issued_by": "Cục Cảnh sát QLHC về TTXH",
            "locality": communes[self.number % len(communes)],
            "permanent_address": f"Số {self.number}, phố Đo Tải",
            "card_to_home": "on",
            "organ_choice": "all",
            "identity_secret": "yes",
        }

    def builder_answers(self, communes: list[str]) -> dict[str, str | list[str]]:
        """The same answers for the form-builder page, whose dates stand in one box."""
        day, month, year = self.birth
        answers: dict[str, str | list[str]] = {
            name: answer
            for name, answer in self.answers(communes).items()
            if name.rstrip("_012") not in ("birth_date", "identity_issued_on")
        }
        return answers | {
            "birth_date": f"{year}-{month}-{day}",
            "identity_issued_on": "2021-07-01",
            "organs": ["heart", "kidney", "liver"],
            "notice": "on",
            "consent": "on",
            "declaration": "on",
        }


def communes() -> list[str]:
    with COMMUNES.open(encoding="utf-8") as file:
        return [row["code"] for row in csv.DictReader(file) if row["province"] == PROVINCE]
