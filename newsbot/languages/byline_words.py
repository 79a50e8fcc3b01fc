"""Words around the names in bylines: "by", labels, roles, conjunctions. See `word_patterns` for the form of the lists."""

from __future__ import annotations

CREDITS = {
    "en": """written, posted, published, reported, edited, compiled, words, story, text, report, analysis, article,
        authored, contributed, created, photos?""",
    "de": "erstellt, geschrieben, verfasst, veröffentlicht, eingestellt, gepostet, text, ein beitrag, ein artikel",
    "fr": "texte, écrit, rédigé, publié, posté, article, propos recueillis",
    "es": "texto, escrito, publicado, redactado",
    "pt": "texto, escrito, publicado, postado",
    "it": "scritto, pubblicato, testo, articolo, inserito",
    "nl": "geschreven, geplaatst, gepubliceerd, tekst",
    "sv": "skriven, skrivet, publicerad, publicerat, text",
    "no": "skrevet, publisert, tekst",
    "da": "skrevet, udgivet, tekst",
    "id": "ditulis, diposting",
    "ca": "escrit, publicat",
}
"""Words before "by" that begin a byline: "Text by"."""
BY_AFTER_CREDITS = {
    "en": "by",
    "de": "von",
    "fr": "par",
    "es": "por",
    "pt": "por",
    "it": "da, di",
    "nl": "door",
    "sv": "av",
    "no": "av",
    "da": "af",
    "id": "oleh",
    "ca": "per",
}
"""Words for "by" after one of the `CREDITS`."""
BY = {
    "en": "by",
    "de": "von",
    "fr": "par",
    "es": "por",
    "pt": "por",
    "nl": "door",
    "sv": "av",
    "no": "av",
    "da": "af",
    "tr": "yazan",
    "id": "oleh",
    "ms": "oleh",
    "it": "a cura di",
    "hu": "írta",
    "fi": "kirjoittanut",
    "pl": "od, opracował, opracowała, napisał, napisała",
    "cs": "od, napsal, napsala",
    "hr": "piše",
    "sr": "пише",
    "ro": "scris de",
    "he": "מאת",
    "ar": "بقلم, كتب, كتبت, بواسطة",
    "fa": "به قلم",
    "th": "โดย",
}
"""Words for "by" at the start of a byline."""
NAMES_LIKE_BY = {"sv": "av, par", "de": "von", "id": "oleh", "tr": "yazan", "cs": "od", "da": "af"}
"""Words for "by" that are also first names or parts of family names: Par Lindh, Oleh Petrenko, Yazan al-Saadi."""
CREDIT_LABELS = {
    "en": """text, authors?, words, reporters?, writers?, contributors?, written by, interview, words and pictures,
        text and photos?""",
    "de": "text, text und fotos?, text & fotos?, interview, autor(?:in|en|innen)?(?:/\\w+)?, verfasser(?:in)?",
    "fr": "texte, auteure?s?, autrice, rédaction",
    "es": "texto, autora?, autores(?:/\\w+)?, redacción",
    "pt": "texto, autora?, autores, reportagem",
    "it": "testo, autore, autrice, autori",
    "nl": "tekst, auteurs?",
    "sv": "text, skribent",
    "no": "tekst, forfatter, journalist",
    "da": "tekst, forfatter, journalist",
    "fi": "teksti, kirjoittaja, toimittaja",
    "pl": "tekst, autor, autorka, autorzy",
    "cs": "text, autor, autorka, autoři",
    "sk": "autor, autorka",
    "hr": "autor, autorica, tekst",
    "sl": "avtor, avtorica",
    "ro": "autor, autori",
    "hu": "szerző, szöveg",
    "el": "συντάκτης, συντάκτρια, κείμενο, ρεπορτάζ",
    "ru": "автор, авторы, текст, автор текста, автор статьи, автор материала, корреспондент",
    "uk": "автор, автори, текст, авторка",
    "bg": "автор, текст",
    "sr": "аутор, текст",
    "lt": "autorius, autorė",
    "lv": "autors, autore",
    "et": "autor",
    "tr": "yazar, yazan, haber, muhabir",
    "id": "penulis, reporter, pewarta, oleh",
    "vi": "tác giả",
    "th": "ผู้เขียน, เรื่อง",
    "hi": "लेखक, रिपोर्ट",
    "bn": "লেখক, প্রতিবেদক",
    "he": "מאת, כתב, כתבת",
    "ar": "بقلم, كتب, كتبت, الكاتب, إعداد, المؤلف, تقرير",
    "fa": "نویسنده, خبرنگار",
    "ka": "ავტორი",
    "hy": "Հեղինակ",
    "ko": "글, 기자, 글쓴이",
    "ja": "作者, 記者, 文, 著者, 筆者, 執筆, 執筆者, 取材・文, 文・写真, 文／写真, ライター",
    "zh": "作者, 記者, 记者, 文, 撰文, 本报记者, 本報記者, 图文, 撰稿, 采写",
}
"""Words before a colon that begin a byline: "Author: Ann Lee"."""
AUTHOR_LABELS = {
    "en": "by, authors?, written by, posted by, article by, words by, story by, contributors?",
    "de": "von, autor(?:in|en)?(?:/\\w+)?, geschrieben von, verfasst von, ein beitrag von",
    "fr": "par, auteure?s?, écrit par, publié par",
    "es": "por, autora?, autores(?:/\\w+)?, escrito por, publicado por",
    "pt": "escrito por, publicado por",
    "it": "di, autore, scritto da, a cura di",
    "nl": "door, auteur, geschreven door",
    "sv": "av, skriven av",
    "no": "skrevet av",
    "da": "af, skrevet af",
    "ru": "автор, авторы",
    "uk": "авторка",
    "tr": "yazar",
    "id": "oleh, penulis",
    "vi": "tác giả",
    "he": "מאת",
    "ar": "بقلم, كتب, كتبت",
    "zh": "作者, 撰文",
    "ja": "作者, 記者, 執筆, 著者",
}
"""Labels of the authors that stand alone on a line, before the line with the name."""
REPORTERS = {
    "ko": "기자, 특파원",
    "hi": "द्वारा",
}
"""Words for "reporter" after a space at the end of a name."""
REPORTERS_JOINED = {"ja": "記者", "zh": "記者, 记者"}
"""Words for "reporter" at the end of a name, with or without a space."""
REPORTERS_BEFORE = {
    "en": "staff reporter, staff writer, reporter, correspondent, journalist, columnist, contributor, writer, editor",
    "de": "reporter(?:in)?, korrespondent(?:in)?, redakteur(?:in)?",
    "fr": "journaliste, correspondante?",
    "es": "periodista, corresponsal, redactora?",
    "it": "giornalista",
    "pt": "jornalista, repórter",
    "nl": "verslaggever, correspondent",
    "id": "wartawan, jurnalis, kontributor",
    "tr": "muhabir",
    "ru": "корреспондент, журналист",
    "uk": "кореспондент, журналіст",
}
"""Words for "reporter" before a name, or behind it."""
REPORTERS_BEFORE_JOINED = {
    "zh": "本报记者, 本報記者, 本社记者, 新华社记者, 特约记者, 实习记者, 记者, 記者, 通讯员",
    "ja": "本紙記者, 編集委員",
}
"""Words for "reporter" before a name, with or without a space."""
AND = {
    "en": "and, with",
    "de": "und, mit",
    "fr": "et, avec",
    "es": "y, e",
    "ca": "i",
    "it": "e",
    "pt": "e",
    "nl": "en",
    "sv": "och",
    "no": "og",
    "da": "og",
    "fi": "ja",
    "pl": "i, oraz",
    "cs": "a",
    "hu": "és",
    "el": "και",
    "ro": "și",
    "ru": "и",
    "uk": "та",
    "tr": "ve",
    "id": "dan",
    "vi": "và",
    "he": "ו",
    "mul": "&, \\+",
}
"""Words between two names."""
ROLES = {
    "en": """\\w*editor\\w*, \\w*reporter\\w*, correspondents?, journalist\\w*, writers?, columnists?, producers?,
        photograph\\w*, contributor\\w*, presenter, professor\\w*, universit\\w*, institut\\w*, minutes?, read, updated,
        published, follow, chief, director, staff, bureau, news, desk, team, newsletter, more, about, articles?, share,
        image, the, founder, expert, consultant, specialist, written, posted, reviewed, posts, latest, stories, bio, profile, view,
        see, author, authored""",
    "de": "über, person, \\w*redak\\w*, \\w*korrespond\\w*, autor\\w*, fotograf\\w*, bild, foto, beiträge",
    "fr": "journaliste, rédact\\w*, correspondante?",
    "es": "periodista, redac\\w*, corresponsal",
    "mul": "twitter, facebook",
}
"""Words that are not part of a name: roles, departments, and words of the lines around bylines."""
ORGANISATIONS = {
    "en": """group, media, press, ltd, inc, llc, agency, magazine, company, corporation, publishing, network, foundation,
        association, department, office, council, ministry, centre, center, society, services?, newsroom, club, admin,
        daily, times, herald, gazette, tribune, courier, chronicle, journal""",
    "de": "verlag, gmbh, ag, zeitung, verein, verband, nachrichten, bund, amt, landesanstalt, e\\.v",
    "fr": "groupe, agence, presse, éditions",
    "es": "grupo, agencia, prensa, noticias",
    "mul": "tv, radio",
}
"""Words in names of organisations."""
DEGREES = {
    "mul": """MD, M\\.D\\., PhD, Ph\\.D\\., MS, MA, BA, BS, BSc, MSc, MBA, CPA, CFP, CFA, RN, NP, DO, DDS, DMD, DVM, VMD, JD, LLM, MPH,
        BSN, MSN, DNP, PsyD, LCSW, LMFT, RD, RDN, LDN, CSCS, CPT, Esq, PE""",
}
"""Degrees and professional titles behind a name."""
PLACES_FOLLOW = {
    "en": "in, from, at, for, on assignment for, special to, special for",
    "de": "in, aus, für",
    "fr": "à, pour, depuis",
    "es": "en, desde, para",
    "pt": "em, para",
    "nl": "uit, voor",
    "sv": "för",
}
"""Words between a name and the place or the paper that somebody writes from or for."""
PARTICLES = {
    "de": "von, vom, der, den, zu, zum, zur",
    "nl": "van, de, der, den, ter, ten, te, het, 't",
    "fr": "de, du, des, la, le, d'",
    "es": "de, del, la, las, los, el, y",
    "ca": "de, i",
    "pt": "de, da, do, dos, das, e",
    "it": "de, del, della, dello, di, da, dal, degli",
    "sv": "af, av",
    "ar": "al, el, bin, ibn, ben, bint, abu, ul, ud",
    "ga": "ó, ní, mac",
}
"""Words inside names that are written without a capital."""
TEAMS = {
    "en": "(?:the )?(?:[\\w&'’-]+ ){1,3}(?:team|staff|editors), team [\\w&'’-]+",
    "de": "(?:die )?(?:[\\w&'’-]+[ -]){1,3}(?:team|redaktion), redaktion [\\w&'’-]+",
    "fr": "(?:la )?rédaction (?:de )?[\\w&'’-]+, l[’']équipe [\\w&'’-]+",
    "es": "(?:el )?equipo (?:de )?[\\w&'’-]+, redacción [\\w&'’-]+",
    "it": "(?:la )?redazione (?:di )?[\\w&'’-]+",
    "pt": "(?:a )?equipe (?:d[aeo] )?[\\w&'’-]+",
}
"""Names of groups of people who sign together: authors if nobody else is named."""
NOT_NAMES = {
    "en": """admin, administrator, webmaster, unknown, no author, super user, guest, user, name, author, anonymous, none,
        null, undefined, n/a, by, written by, posted by, published by, test, root""",
    "de": "autor, name, unbekannt, anonym, von",
    "fr": "auteur, anonyme, par",
    "es": "autor, anónimo, por",
    "ru": "автор, аноним",
    "zh": "作者, 匿名, 佚名, 管理员, 未知, 我已授权",
    "ja": "著者, 匿名, 管理者",
}
"""Words that forms and content management systems print where nobody is named."""
NEWSROOMS = {
    "en": """staff, staff writers?, staff reporters?, our staff, news desk, newsroom, news staff, web desk, online desk,
        editor, editors?, the editors, editorial (?:team|staff|board|desk), editorial, team, contributors?, news""",
    "de": "(?:\\w+[- ])?redaktion(?: \\w+)?, onlineredaktion, nachrichten",
    "fr": "(?:la )?rédaction",
    "es": "(?:la )?redacción",
    "pt": "(?:da )?redação",
    "it": "(?:la )?redazione",
    "nl": "(?:de )?redactie",
    "sv": "redaktionen",
    "pl": "redakcja",
    "cs": "redakce",
    "ru": "редакция",
    "uk": "редакція",
    "tr": "haber merkezi",
    "id": "redaksi, tim redaksi",
    "vi": "ban biên tập",
    "zh": "编辑部, 編輯部, 本报讯",
    "ja": "編集部",
}
"""Names of newsrooms: authors only if nobody else is named."""
