from tests.docs.settings_table import PAGE, page


def test_the_page_of_settings_has_the_table_of_the_code() -> None:
    assert PAGE.read_text("utf-8") == page(), "python -m tests.docs.settings_table writes it"
