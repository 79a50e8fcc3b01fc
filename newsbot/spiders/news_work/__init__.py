"""What the spider `news` does with a host while it has the claim of it: polls, guessed feeds, pages, holds."""
