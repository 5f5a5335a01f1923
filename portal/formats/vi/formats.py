"""Vietnamese numbers and dates as the offices write them; Django's own have no digit groups."""

DATE_FORMAT = r"\n\g\à\y j \t\h\á\n\g n \n\ă\m Y"
SHORT_DATE_FORMAT = "j/n/Y"
TIME_FORMAT = r"H\hi"
DATETIME_FORMAT = r"H\hi \n\g\à\y j/n/Y"
SHORT_DATETIME_FORMAT = "H:i j/n/Y"
DECIMAL_SEPARATOR = ","
THOUSAND_SEPARATOR = "."
NUMBER_GROUPING = 3
FIRST_DAY_OF_WEEK = 1
DATE_INPUT_FORMATS = ["%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"]
