"""Names in the grammar and the scripts of languages: case endings, titles, short forms, names that are known everywhere."""
