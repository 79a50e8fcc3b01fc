"""Words and phrases that pages print around their articles: buttons, invitations, notices, headings of link lists.

A language without entries loses only what the position of a line does not show by itself.
"""

from __future__ import annotations

import re

from newsbot.languages.word_patterns import any_of, any_word_of, entries_of
from newsbot.languages.wording.page_talk import invites_reader, is_page_talk, is_reporting

MAX_NOISE_WORDS = 20
"""Maximum number of words of a line that can be noise; a longer line is a paragraph, whatever it is about."""

MAX_CALL_WORDS = 4
"""Maximum number of words of a line that begins with an invitation and needs no other word of the page."""

LABELS = {
    "mul": """facebook, twitter, x, whatsapp, telegram, linkedin, reddit, pinterest, instagram, youtube, tiktok, vk,
        email, e-mail, mail, &, /, |, ·, •, -, +""",
    "en": """share, tweet, print, copy, link, save, bookmark, comment, comments, menu, search, close, login, subscribe,
        home, news, advertisement, ad, sponsored, listen, video, and, or, on, via, by, to, of, the""",
    "de": """teilen, drucken, merken, vorlesen, kommentare, kommentar, anzeige, werbung, menü, suche, schliessen, abo,
        startseite, anmelden, und""",
    "fr": "partager, imprimer, enregistrer, commenter, commentaires, publicité, accueil, rechercher, connexion, et",
    "es": "compartir, imprimir, guardar, comentar, comentarios, publicidad, inicio, buscar, menú, y",
    "pt": "compartilhar, imprimir, salvar, comentários, publicidade, início, e",
    "it": "condividi, stampa, salva, commenti, pubblicità, cerca, e",
    "nl": "delen, afdrukken, advertentie, zoeken",
    "sv": "dela, skriv, ut, annons",
    "no": "del, skriv, ut, annonse",
    "da": "del, annonce",
    "fi": "jaa, tulosta, mainos",
    "pl": "udostępnij, drukuj, reklama, szukaj",
    "cs": "sdílet, tisk, reklama",
    "tr": "paylaş, yazdır, reklam, ara, beğen",
    "ru": "поделиться, печать, реклама, поиск, меню, комментарии",
    "ja": "シェア, 共有, 印刷, 広告, メニュー, 検索",
    "zh": "分享, 打印, 广告, 搜索",
    "ko": "공유, 인쇄, 광고, 검색",
    "ar": "شارك, مشاركة, طباعة, إعلان, بحث",
}
"""Words of buttons and menus. A line with no other words is not part of an article."""

INVITATIONS = {
    "en": """share (?:this|it|on|via|with), like (?:this|what you), follow us, sign up, subscribe (?:now|for|to (?:our|this|us)),
        click here, (?:our|free|daily) newsletter, (?:use|uses|accept|all) cookies, skip to, log ?in to, download (?:the|our) app""",
    "de": """teilen sie, artikel teilen, auf \\w+ teilen, gefällt ihnen, folgen sie uns, abonnieren sie""",
    "fr": "partagez, partager (?:cet|sur), abonnez-vous, suivez-nous, inscrivez-vous",
    "es": """compart[ea] (?:esta|este|en|la|el), compártel[oa], suscr[ií]bete, suscr[ií]berse, síguenos""",
    "pt": "compartilhe, assine, siga-nos",
    "it": "condividi (?:questo|su|l), iscriviti, seguici",
    "nl": "deel dit, volg ons, abonneer",
    "sv": "dela (?:artikeln|på), följ oss",
    "no": "del (?:artikkelen|på), følg oss",
    "da": "del (?:artiklen|på), følg os",
    "fi": "jaa (?:artikkeli|tämä)",
    "pl": "udostępnij (?:to|artykuł), podziel się, zapisz się",
    "cs": "sdílejte",
    "tr": "haberi paylaş, abone ol, bizi takip",
    "ru": "поделитесь, подпишитесь, подписывайтесь",
    "ja": "シェアする, 記事をシェア",
    "zh": "分享到, 分享本文",
    "ko": "구독하기",
    "ar": "شارك (?:هذا|المقال|الخبر), اشترك في, تابعنا",
}
"""Invitations to share, follow or subscribe."""

NOTICES = {
    "en": "all rights reserved",
    "de": "alle rechte vorbehalten",
    "fr": "tous droits réservés",
    "es": "todos los derechos",
    "pt": "todos os direitos",
    "it": "tutti i diritti",
    "ru": "все права защищены",
    "ja": "無断転載",
    "zh": "版权所有, 版權所有",
    "ko": "무단전재, 무단 전재",
    "ar": "جميع الحقوق",
}
"""Copyright notices."""

POINTERS = {
    "en": "read (?:more|also|next), see also, also read, watch, related, photo, image, picture",
    "de": "lesen sie auch, mehr zum thema, foto, bild",
    "fr": "(?:à )?lire aussi",
    "es": "lea también, lee también",
    "pt": "leia (?:também|mais)",
    "it": "leggi anche",
    "nl": "lees ook",
    "sv": "läs (?:också|mer)",
    "da": "læs også",
    "no": "les også",
    "fi": "lue myös",
    "pl": "czytaj także, zobacz też",
    "cs": "čtěte také",
    "tr": "ayrıca oku",
    "ru": "читайте также, фото",
    "ja": "関連記事, 写真",
    "zh": "相关阅读, 相關新聞",
    "ko": "관련기사",
    "ar": "اقرأ أيضا",
}
"""Words before a colon that begin a link to another article, or a caption."""

HEADINGS = {
    "en": """related, related (?:stories|articles|topics|content|news), read (?:more|also|next),
        more (?:from|on|in|stories|news)\\b.{0,40}, most (?:read|popular), you (?:may|might) also like,
        recommended.{0,20}, \\d*\\s?comments?, tags, topics, about the author, sign up.{0,40}""",
    "de": """lesen sie auch, mehr zum thema, mehr (?:aus|von)\\b.{0,40}, meistgelesen, das könnte sie auch interessieren,
        \\d*\\s?kommentare?, schlagworte, themen""",
    "fr": "(?:à )?lire aussi, sur le même sujet, les plus lus, \\d*\\s?commentaires?",
    "es": "le[ae] también, te puede interesar, más (?:leídas|noticias), \\d*\\s?comentarios",
    "pt": "leia (?:também|mais), mais lidas, \\d*\\s?comentários",
    "it": "leggi anche, potrebbe interessarti, commenti",
    "nl": "lees ook, meer over\\b.{0,40}",
    "sv": "läs (?:också|mer), mest läst",
    "da": "læs også, mest læst",
    "no": "les også",
    "fi": "lue myös",
    "pl": "czytaj także, zobacz (?:też|także)",
    "cs": "čtěte také",
    "tr": "ayrıca oku, ilgili haberler",
    "ru": "читайте также, по теме, комментарии",
    "ja": "関連記事, 関連ニュース, おすすめ記事",
    "zh": "相关阅读, 相关新闻, 推荐阅读, 相關新聞",
    "ko": "관련기사, 많이 본 뉴스",
    "ar": "اقرأ أيضا, مواضيع ذات صلة",
}
"""Headings of what follows an article: related stories, comments, tags."""

_LABELS = frozenset(entries_of(LABELS))
_INVITATION = re.compile(any_word_of(INVITATIONS), re.IGNORECASE)
_NOTICE = re.compile(any_word_of(NOTICES) + r"|©|\(c\) \d{4}", re.IGNORECASE)
_POINTER = re.compile(any_of(POINTERS) + r"\s?[:：]", re.IGNORECASE)
_HEADING = re.compile(any_of(HEADINGS) + r"\s?[:：]?", re.IGNORECASE)
_QUOTE = re.compile('["“”„«»「『]')
_ADDRESS = re.compile(r"(?:\w+:\s?)?(?:https?://|www\.)\S+")


def is_noise(line: str, words: int) -> bool:
    """Return whether a line of `words` words is a button, an invitation, a copyright notice, a link to more or a URL.

    Invitations and notices that contain a quotation mark are kept: a person may be quoted with them.
    """
    if words > MAX_NOISE_WORDS:
        return False
    if all(word.strip(".,:!?") in _LABELS for word in line.casefold().split()):
        return True
    if _ADDRESS.fullmatch(line) or _POINTER.match(line) or is_invitation(line, words):
        return True
    return _QUOTE.search(line) is None and _NOTICE.search(line) is not None


def is_invitation(line: str, words: int) -> bool:
    """Return whether a line of `words` words asks readers to share, follow or subscribe, and is no sentence of a report."""
    if words > MAX_NOISE_WORDS or _QUOTE.search(line) is not None:
        return False
    if _INVITATION.search(line) is None:
        return invites_reader(line)
    return is_page_talk(line) or invites_reader(line) or _is_call(line, words)


def _is_call(line: str, words: int) -> bool:
    """Return whether a line is an invitation and little else: "Share with your friends!"."""
    return words <= MAX_CALL_WORDS and _INVITATION.match(line) is not None and not is_reporting(line)


def ends_article(line: str) -> bool:
    """Return whether a line is the heading of what follows an article: related stories, comments, tags."""
    return _HEADING.fullmatch(line) is not None
