"""The query language: its words, their stems, and the parser. Pure; `newsbot.store` looks up what a query asks for."""
