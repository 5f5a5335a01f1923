import traceback


def place_of(error: Exception) -> str:
    """What went wrong and where, for the log: without values, which might name somebody."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    code = getattr(error, "code", type(error).__name__)
    return f"{code} in {place.name}, line {place.lineno}"
