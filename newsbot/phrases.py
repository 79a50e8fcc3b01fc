"""What pages say around their articles: words and phrases, as data, in the languages of most news pages.

A language that is missing loses only what the position of a line does not give away by itself.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LABELS = _words(
    """share tweet facebook twitter x whatsapp telegram linkedin reddit pinterest instagram youtube tiktok vk email e-mail mail
    print copy link save bookmark comment comments menu search close login subscribe home news advertisement ad sponsored listen video
    teilen drucken merken vorlesen kommentare kommentar anzeige werbung menü suche schließen abo startseite anmelden
    partager imprimer enregistrer commenter commentaires publicité accueil rechercher connexion
    compartir imprimir guardar comentar comentarios publicidad inicio buscar menú
    compartilhar salvar comentários publicidade início condividi stampa salva commenti pubblicità cerca
    delen afdrukken advertentie zoeken dela del skriv ut annons annonse annonce jaa tulosta mainos
    udostępnij drukuj reklama szukaj sdílet tisk paylaş yazdır reklam ara beğen
    поделиться печать реклама поиск меню комментарии シェア 共有 印刷 広告 メニュー 検索 分享 打印 广告 搜索 공유 인쇄 광고 검색
    شارك مشاركة طباعة إعلان بحث and und et y e or on via by to of the & / | · • - + :"""
)
"""Words of buttons and menus: a line of nothing else is no part of an article."""

_INVITATION = re.compile(
    r"\b(?:share (?:this|it|on|via|with)|like (?:this|what you)|follow us|sign up|subscribe (?:to|now|for)|click here|(?:our|free|daily) newsletter|"
    r"(?:use|uses|accept|all) cookies|skip to|log ?in to|download (?:the|our) app|"
    r"teilen sie|artikel teilen|auf \w+ teilen|gefällt ihnen|folgen sie uns|abonnieren sie|newsletter|cookies|"
    r"partagez|partager (?:cet|sur)|abonnez-vous|suivez-nous|inscrivez-vous|"
    r"compart[ea] (?:esta|este|en|la|el)|compártel[oa]|suscr[ií]be(?:te|rse)|síguenos|"
    r"compartilhe|assine|siga-nos|condividi (?:questo|su|l)|iscriviti|seguici|"
    r"deel dit|volg ons|abonneer|dela (?:artikeln|på)|del (?:artikkelen|artiklen|på)|følg oss|følg os|följ oss|jaa (?:artikkeli|tämä)|"
    r"udostępnij (?:to|artykuł)|podziel się|zapisz się|sdílejte|haberi paylaş|abone ol|bizi takip)\b"
    r"|поделитесь|подпишитесь|подписывайтесь|シェアする|記事をシェア|分享到|分享本文|구독하기"
    r"|شارك (?:هذا|المقال|الخبر)|اشترك في|تابعنا",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"\b(?:all rights reserved|alle rechte vorbehalten|tous droits réservés|todos los derechos|todos os direitos|tutti i diritti)\b"
    r"|все права защищены|無断転載|版权所有|版權所有|무단전재|무단 전재|جميع الحقوق|©|\(c\) \d{4}",
    re.IGNORECASE,
)
_POINTER = re.compile(
    r"(?:read (?:more|also|next)|see also|also read|watch|related|photo|image|picture|lesen sie auch|mehr zum thema|foto|bild|"
    r"(?:à )?lire aussi|lea también|lee también|leia (?:também|mais)|leggi anche|lees ook|läs (?:också|mer)|læs også|les også|lue myös|"
    r"czytaj także|zobacz też|čtěte také|ayrıca oku|читайте также|фото|関連記事|写真|相关阅读|相關新聞|관련기사|اقرأ أيضا)\s?[:：]",
    re.IGNORECASE,
)
_HEADING = re.compile(
    r"(?:related|related (?:stories|articles|topics|content|news)|read (?:more|also|next)|more (?:from|on|in|stories|news)\b.{0,40}|most (?:read|popular)|"
    r"you (?:may|might) also like|recommended.{0,20}|\d*\s?comments?|tags|topics|about the author|sign up.{0,40}|"
    r"lesen sie auch|mehr zum thema|mehr (?:aus|von)\b.{0,40}|meistgelesen|das könnte sie auch interessieren|\d*\s?kommentare?|schlagworte|themen|"
    r"(?:à )?lire aussi|sur le même sujet|les plus lus|\d*\s?commentaires?|le[ae] también|te puede interesar|más (?:leídas|noticias)|\d*\s?comentarios|"
    r"leia (?:também|mais)|mais lidas|\d*\s?comentários|leggi anche|potrebbe interessarti|commenti|lees ook|meer over\b.{0,40}|"
    r"läs (?:också|mer)|mest läst|læs også|mest læst|les også|lue myös|czytaj także|zobacz (?:też|także)|čtěte také|ayrıca oku|ilgili haberler|"
    r"читайте также|по теме|комментарии|関連記事|関連ニュース|おすすめ記事|相关阅读|相关新闻|推荐阅读|相關新聞|관련기사|많이 본 뉴스|اقرأ أيضا|مواضيع ذات صلة)\s?[:：]?",
    re.IGNORECASE,
)
_QUOTE = re.compile('["“”„«»「『]')
_ADDRESS = re.compile(r"(?:\w+:\s?)?(?:https?://|www\.)\S+")
MAX_NOISE_WORDS = 20
"""A longer line is a paragraph, whatever it speaks of."""


def is_noise(line: str, words: int) -> bool:
    """Whether a line of `words` words is a button, an invitation to share or subscribe, a notice, or a bare link.

    What people are quoted with may sound like an invitation, and is kept.
    """
    if words > MAX_NOISE_WORDS:
        return False
    if all(word.strip(".,:!?") in _LABELS for word in line.casefold().split()):
        return True
    if _ADDRESS.fullmatch(line) or _POINTER.match(line) or is_invitation(line, words):
        return True
    return _QUOTE.search(line) is None and _NOTICE.search(line) is not None


def is_invitation(line: str, words: int) -> bool:
    """Whether a line of `words` words asks readers to share, follow or subscribe, and nobody is quoted with it."""
    return words <= MAX_NOISE_WORDS and _QUOTE.search(line) is None and _INVITATION.search(line) is not None


def ends_article(line: str) -> bool:
    """Whether a line is the heading of what follows articles: related stories, comments, tags."""
    return _HEADING.fullmatch(line) is not None
