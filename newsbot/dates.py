"""Dates as pages declare and print them -> aware datetimes in UTC."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from datetime import timezone as fixed_zone
from zoneinfo import ZoneInfo

_MAX_CHARS = 150  # longer than any date with its label; bounds the work on hostile input
_YEARS = range(1990, 2100)
_MAX_WORDS = 9  # "Published: Thursday 21 October 2021, 10:19 AM | Updated: ..."
_MAX_WORDS_BEFORE = 5
_SLACK = timedelta(days=1)  # publishers' clocks run ahead, and so do dates without a zone

# How the months are called, in full, in the case that dates use, and cut short, lower case. Source: Unicode CLDR, and
# for Arabic the names of the Maghreb too. Languages: en de nl af da nb sv is fi et lv lt fr es ca gl pt it ro pl cs sk
# sl hr bs sr mk bg ru uk be hu tr az el sq ar he id ms sw.
_MONTH_NAMES = (
    "january jan januar jänner jän januari januarie janúar jaanuar jaan janvāris janvārī janv sausio sausis saus janvier enero ene gener gen "
    "xaneiro xan janeiro gennaio ianuarie ian styczeń stycznia sty leden ledna led január januára siječanj siječnja sij јануар јануари јан "
    "януари яну января январь янв січня січень січ студзеня студзень ocak oca yanvar ιανουαρίου ιανουάριος ιαν janar يناير جانفي ינואר "
    "בינואר djanuari",
    "february feb februar feber februari februarie febrúar veebruar veebr februāris februārī febr vasario vasaris vas février févr fév febrero "
    "febrer febreiro fevereiro fev febbraio luty lutego lut únor února úno február februára veljača veljače velj helmikuuta helmikuu helmi фебруар "
    "фебруари феб февруари фев февраля февраль февр лютого лютий лют лютага люты şubat şub fevral φεβρουαρίου φεβρουάριος φεβ shkurt shk فبراير "
    "فيفري פברואר בפברואר",
    "march mar märz mär mrz maart mrt marts mars maaliskuuta maaliskuu maalis märts martā kovo kovas marzo març março martie marzec marca března "
    "březen bře marec ožujka ožujak ožu mart март мар марта березня березень бер сакавіка сакавік március márc már μαρτίου μάρτιος μαρ μάρ "
    "مارس מרץ במרץ מרס maret mac machi",
    "april apr apríl aprill huhtikuuta huhtikuu huhti aprīlis aprīlī balandžio balandis bal avril avr abril abr aprile aprilie kwiecień "
    "kwietnia kwi duben dubna dub apríla travnja travanj април апр апреля апрель квітня квітень квіт красавіка красавік április ápr nisan nis aprel "
    "απριλίου απρίλιος απρ prill pri أبريل ابريل أفريل אפריל באפריל aprili",
    "may mai mei maj maí maio mayo maijs maijā toukokuuta toukokuu touko gegužės gegužė geg maig maggio mag maja května květen kvě máj mája svibnja "
    "svibanj svi мај май мая травня травень трав траўня május mayıs μαΐου μάιος μαΐ μάι مايو ماي מאי במאי",
    "june jun juni junie júní jún juuni kesäkuuta kesäkuu kesä jūnijs jūnijā jūn birželio birželis birž juin junio juny xuño junho giugno giu "
    "iunie iun czerwiec czerwca cze červen června čvn júna junij lipnja lipanj јун јуни юни июня июнь июн червня червень черв чэрвеня чэрвень "
    "június haziran haz iyun ιουνίου ιούνιος ιουν ιούν qershor qer يونيو جوان יוני ביוני djuni",
    "july jul juli julie júlí júl juuli heinäkuuta heinäkuu heinä jūlijs jūlijā jūl liepos liepa liep juillet juil julio juliol xullo xul julho "
    "luglio lug iulie iul lipiec lipca lip červenec července čvc júla julij srpnja srpanj јул јули юли июля июль июл липня липень лип "
    "ліпеня ліпень július temmuz tem iyul ιουλίου ιούλιος ιουλ ιούλ korrik korr يوليو جويلية יולי ביולי julai djuli",
    "august aug augustus ágúst ágú augusti elokuuta elokuu elo augusts augustā rugpjūčio rugpjūtis rugp août aoû agosto ago agost ag sierpień "
    "sierpnia sie srpen srpna srp augusta avgust avg kolovoza kolovoz kol август авг августа серпня серпень серп жніўня жнівень augusztus ağustos "
    "ağu avqust αυγούστου αύγουστος αυγ αύγ gusht gush أغسطس اغسطس أوت אוגוסט באוגוסט agustus agu agt ogos ogo agosti",
    "september sep sept syyskuuta syyskuu syys septembris septembrī rugsėjo rugsėjis rugs septembre septiembre setiembre set setembre setembro "
    "settembre septembrie wrzesień września wrz září zář septembra rujna rujan ruj septembar септембар сеп септември сентября сентябрь сент сен "
    "вересня вересень вер верасня верасень szeptember szept eylül eyl sentyabr σεπτεμβρίου σεπτέμβριος σεπ shtator sht سبتمبر ספטמבר "
    "בספטמבר septemba",
    "october oct oktober okt október lokakuuta lokakuu loka oktoober oktobris oktobrī spalio spalis spal octobre octubre outubro out ottobre ott "
    "octombrie październik października paź říjen října říj októbra oktobar октобар окт октомври октября октябрь жовтня жовтень жовт "
    "кастрычніка кастрычнік ekim eki oktyabr οκτωβρίου οκτώβριος οκτ tetor tet أكتوبر اكتوبر אוקטובר באוקטובר oktoba",
    "november nov nóvember nóv marraskuuta marraskuu marras novembris novembrī lapkričio lapkritis lapkr novembre noviembre novembro noiembrie "
    "noiem listopad listopada lis novembra studenoga studenog studeni stu novembar новембар нов ноември ное ноября ноябрь нояб ноя листопада "
    "листопад лист лістапада лістапад kasım kas noyabr νοεμβρίου νοέμβριος νοε νοέ nëntor nën نوفمبر נובמבר בנובמבר nopember nop novemba",
    "december dec dezember dez desember des joulukuuta joulukuu joulu detsember dets decembris decembrī gruodžio gruodis gruod décembre déc "
    "diciembre dic desembre decembro dezembro dicembre decembrie grudzień grudnia gru prosinec prosince decembra prosinca prosinac decembar "
    "децембар дец декември дек декабря декабрь грудня грудень груд снежня снежань aralık ara dekabr δεκεμβρίου δεκέμβριος δεκ dhjetor dhj "
    "ديسمبر דצמבר בדצמבר disember dis desemba",
)  # fmt: skip
_MONTHS = {name: month for month, names in enumerate(_MONTH_NAMES, start=1) for name in names.split()}
# Croatian months that bear the names of others in Polish and Czech.
_CROATIAN_MONTHS = {"lip": 6, "srp": 7, "listopad": 10, "listopada": 10, "lis": 10}

# Abbreviations that news pages print, with their hours from UTC. Ambiguous ones are read as the zone whose
# pages print them most (IST Indian, CST American).
_ZONE_HOURS = {
    "Z": 0, "UTC": 0, "GMT": 0, "WET": 0, "BST": 1, "WEST": 1, "CET": 1, "MEZ": 1, "WAT": 1, "CEST": 2, "MESZ": 2,
    "EET": 2, "SAST": 2, "CAT": 2, "EEST": 3, "MSK": 3, "EAT": 3, "TRT": 3, "GST": 4, "PKT": 5, "IST": 5.5,
    "WIB": 7, "HKT": 8, "SGT": 8, "PHT": 8, "AWST": 8, "JST": 9, "KST": 9, "ACST": 9.5, "AEST": 10, "ACDT": 10.5,
    "AEDT": 11, "NZST": 12, "NZDT": 13, "NDT": -2.5, "NST": -3.5, "ADT": -3, "BRT": -3, "ART": -3, "AST": -4,
    "EDT": -4, "EST": -5, "CDT": -5, "CST": -6, "MDT": -6, "MST": -7, "PDT": -7, "PST": -8,
}  # fmt: skip
_ZONE_REGIONS = {
    "ET": "America/New_York",
    "CT": "America/Chicago",
    "MT": "America/Denver",
    "PT": "America/Los_Angeles",
}

_DIGIT = re.compile(r"\d")
_WORD = re.compile(r"[^\W\d_]{2,}")
_EPOCH = re.compile(r"(\d{9,10})(\d{3})?(?:\.\d+)?")
_COMPACT = re.compile(r"((?:19|20)\d{6})(\d{4}|\d{6})")
_NAME = r"(?P<month>[^\W\d_]{3,15})"
# Each names a year, a month and a day.
_DAYS = (
    re.compile(r"(?<!\d)(?P<year>\d{4})(?:[-/._]|\. |\s?[年년]\s?)(?P<month>\d{1,2})(?:[-/._]|\. |\s?[月월]\s?)(?P<day>\d{1,2})(?!\d)[日일]?"),
    re.compile(r"(?<!\d)(?P<day>\d{1,2})(?P<mark>[-/.]|\. )(?P<month>\d{1,2})(?:[-/.]|\. )(?P<year>\d{4}|\d\d)(?!\d)"),
    re.compile(
        r"(?<!\d)(?P<day>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[,\s/-]{0,3}(?:(?:of|de|ta)\s|d[’'])?" + _NAME
        + r"\.?[,\s/-]{0,3}(?:del?\s)?(?P<year>\d{4})(?!\d)"
    ),
    re.compile(
        _NAME + r"\.?\s{0,2}(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}"
        r"(?:[\d:]{7,8} [A-Z+\-\d:]{0,9} ?)?(?P<year>\d{4})(?!\d)"  # Java and Unix put the clock before the year
    ),
    re.compile(r"(?<!\d)(?P<year>\d{4})(?!\d)[.,\s/-]{1,3}" + _NAME + r"[.,\s/-]{1,3}(?P<day>\d{1,2})(?!\d)"),
)  # fmt: skip
_CLOCK = re.compile(
    r"(?<![\d.,+-])(?P<hour>[01]?\d|2[0-4])"
    r"(?:(?:[:.]|\s?[hH時时点點시]\s?)(?P<minute>[0-5]\d)(?!\d)(?:[:.分](?P<second>[0-5]\d)(?!\d))?(?:[.,]\d+)?[분分]?"
    r"|(?=\s?(?:Uhr|h|[ap]\.?m)\b)|[時时点點시])"
    r"(?:\s?(?P<half>[ap])\.?m\b\.?)?"
    r"(?:\s{0,2}\(?(?:(?:UTC|GMT)?\s?(?P<sign>[+−-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?(?![\d:])|(?P<zone>[A-Z]{1,4})\b))?",
    re.IGNORECASE,
)
_AFTERNOON = re.compile("오후|午後|下午")


def parse_date(
    text: str, timezone: tzinfo = UTC, now: datetime | None = None, language: str | None = None
) -> datetime | None:
    """Return the moment that a text names, to the second, aware and in UTC; None if there is none.

    Reads ISO 8601 with its usual slips, RFC 2822, seconds and milliseconds since 1970, and dates as people
    write them, with labels around them ("Published: 21 Oct, 2021 14:19 BST"). A date without an offset is read
    in `timezone`, a day without a time as its midnight. `language` is a hint, a BCP 47 tag. Nothing before
    1990 or more than a day after `now` is believed.
    """
    text = text.strip()[:_MAX_CHARS]
    moment = _machine_date(text) or _human_date(text, (language or "").lower())
    if moment is None or moment.year not in _YEARS:
        return None
    moment = (
        (moment if moment.tzinfo else moment.replace(tzinfo=timezone)).astimezone(UTC).replace(microsecond=0)
    )
    return None if now is not None and moment > now + _SLACK else moment


def names_date(line: str) -> bool:
    """Whether a line says little else than a date: few words in all, and fewer still in front of it."""
    digit = _DIGIT.search(line)
    return (
        digit is not None
        and len(line) <= _MAX_CHARS
        and len(_WORD.findall(line)) <= _MAX_WORDS
        and len(_WORD.findall(line[: digit.start()])) <= _MAX_WORDS_BEFORE
        and _human_date(line, "") is not None
    )


def _machine_date(text: str) -> datetime | None:
    if match := _COMPACT.fullmatch(text):
        text = f"{match[1]}T{match[2]}"
    elif match := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(match[1]), UTC)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _human_date(text: str, language: str) -> datetime | None:
    for match in (match for pattern in _DAYS for match in pattern.finditer(text)):
        if day := _numbered_day(match, language):
            return _with_clock(day, _cut(text, [match.span(part) for part in ("year", "month", "day")]))
    return None


def _cut(text: str, spans: list[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def _numbered_day(match: re.Match[str], language: str) -> date | None:
    year, day, month_text = int(match["year"]), int(match["day"]), match["month"].lower()
    year += 2000 if year < 100 else 0
    month = int(month_text) if month_text.isdecimal() else _named_month(month_text, language)
    mark = match.groupdict().get("mark")  # only where day and month are both numbers, day first as a rule
    if mark and (month > 12 or (mark == "/" and day <= 12 and language in ("en", "en-us"))):
        month, day = day, month
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _named_month(name: str, language: str) -> int:
    """Return the number of a month; 0 for other words."""
    if language.startswith("hr") and name in _CROATIAN_MONTHS:
        return _CROATIAN_MONTHS[name]
    return _MONTHS.get(name, 0)


def _with_clock(day: date, rest: str) -> datetime:
    """Return the day at the first time of day that the rest of the text names, with its zone."""
    match = _CLOCK.search(rest)
    if match is None:
        return datetime.combine(day, time())
    hour = int(match["hour"])
    if (match["half"] or "").lower() == "p" or (hour < 12 and _AFTERNOON.search(rest)):
        hour = hour % 12 + 12
    elif match["half"]:
        hour %= 12
    moment = datetime.combine(
        day, time(hour % 24, int(match["minute"] or 0), int(match["second"] or 0), tzinfo=_zone(match))
    )
    return moment + timedelta(days=hour // 24)


def _zone(match: re.Match[str]) -> tzinfo | None:
    if match["sign"]:
        offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
        signed = offset if match["sign"] == "+" else -offset
        return fixed_zone(signed) if offset <= timedelta(hours=14) else None
    name = match["zone"] or ""
    if name in _ZONE_REGIONS:
        return ZoneInfo(_ZONE_REGIONS[name])
    return fixed_zone(timedelta(hours=_ZONE_HOURS[name])) if name in _ZONE_HOURS else None
