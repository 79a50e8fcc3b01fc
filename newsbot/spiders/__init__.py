"""The spiders: `news` (sources of the catalog), `article` (single URLs), `saved` (files), `explore` (a new site)."""
