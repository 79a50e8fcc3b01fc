"""Names of the months by language: ISO 639-1 code -> names of January, names of February, and so on.

Commas separate the months, spaces the names of a month. Names are in lower case, in full and abbreviated, in the
grammatical cases that dates use. Source: Unicode CLDR; Arabic also has the names of the Maghreb, and some languages
have spellings that their news pages use.
"""

from __future__ import annotations

MONTH_NAMES = {
    "en": """january jan, february feb, march mar, april apr, may, june jun, july jul, august aug, september sep
        sept, october oct, november nov, december dec""",
    "de": """januar jan jänner jän, februar feb feber, märz mär mrz, april apr, mai, juni jun, juli jul, august aug,
        september sept sep, oktober okt, november nov, dezember dez""",
    "nl": """januari jan, februari feb, maart mrt, april apr, mei, juni jun, juli jul, augustus aug, september sep,
        oktober okt, november nov, december dec""",
    "af": """januarie jan, februarie feb, maart mrt, april apr, mei, junie jun, julie jul, augustus aug, september
        sep, oktober okt, november nov, desember des""",
    "da": """januar jan, februar feb, marts mar, april apr, maj, juni jun, juli jul, august aug, september sep,
        oktober okt, november nov, december dec""",
    "nb": """januar jan, februar feb, mars mar, april apr, mai, juni jun, juli jul, august aug, september sep,
        oktober okt, november nov, desember des""",
    "sv": """januari jan, februari feb, mars, april apr, maj, juni, juli, augusti aug, september sep, oktober okt,
        november nov, december dec""",
    "is": """janúar jan, febrúar feb, mars mar, apríl apr, maí, júní jún, júlí júl, ágúst ágú, september sep, október
        okt, nóvember nóv, desember des""",
    "fi": """tammikuuta tammi tammikuu, helmikuuta helmi helmikuu, maaliskuuta maalis maaliskuu, huhtikuuta huhti huhtikuu, toukokuuta touko
        toukokuu, kesäkuuta kesä kesäkuu, heinäkuuta heinä heinäkuu, elokuuta elo elokuu, syyskuuta syys
        syyskuu, lokakuuta loka lokakuu, marraskuuta marras marraskuu, joulukuuta joulu joulukuu""",
    "et": """jaanuar jaan, veebruar veebr, märts, aprill apr, mai, juuni, juuli, august aug, september sept, oktoober
        okt, november nov, detsember dets""",
    "lv": """janvāris janv janvārī, februāris febr februārī, marts martā, aprīlis apr aprīlī, maijs maijā, jūnijs jūn
        jūnijā, jūlijs jūl jūlijā, augusts aug augustā, septembris sept septembrī, oktobris okt oktobrī,
        novembris nov novembrī, decembris dec decembrī""",
    "lt": """sausio saus sausis, vasario vas vasaris, kovo kovas, balandžio bal balandis, gegužės geg gegužė,
        birželio birž birželis, liepos liep liepa, rugpjūčio rugp rugpjūtis, rugsėjo rugs rugsėjis, spalio spal
        spalis, lapkričio lapkr lapkritis, gruodžio gruod gruodis""",
    "fr": """janvier janv, février févr fév, mars, avril avr, mai, juin, juillet juil, août aoû, septembre sept,
        octobre oct, novembre nov, décembre déc""",
    "es": """enero ene, febrero feb, marzo mar, abril abr, mayo may, junio jun, julio jul, agosto ago, septiembre
        sept sep setiembre, octubre oct, noviembre nov, diciembre dic""",
    "ca": """gener gen, febrer febr, març, abril abr, maig, juny, juliol jul, agost, setembre set, octubre oct,
        novembre nov, desembre des""",
    "gl": """xaneiro xan, febreiro feb, marzo mar, abril abr, maio, xuño, xullo xul, agosto ago, setembro set,
        outubro out, novembro nov, decembro dec""",
    "pt": """janeiro jan, fevereiro fev, março mar, abril abr, maio mai, junho jun, julho jul, agosto ago, setembro
        set, outubro out, novembro nov, dezembro dez""",
    "it": """gennaio gen, febbraio feb, marzo mar, aprile apr, maggio mag, giugno giu, luglio lug, agosto ago,
        settembre set, ottobre ott, novembre nov, dicembre dic""",
    "ro": """ianuarie ian, februarie feb, martie mar, aprilie apr, mai, iunie iun, iulie iul, august aug, septembrie
        sept, octombrie oct, noiembrie nov noiem, decembrie dec""",
    "pl": """stycznia sty styczeń, lutego lut luty, marca mar marzec, kwietnia kwi kwiecień, maja maj, czerwca cze
        czerwiec, lipca lip lipiec, sierpnia sie sierpień, września wrz wrzesień, października paź październik,
        listopada lis listopad, grudnia gru grudzień""",
    "cs": """ledna led leden, února úno únor, března bře březen, dubna dub duben, května kvě květen, června čvn
        červen, července čvc červenec, srpna srp srpen, září zář, října říj říjen, lis listopad, prosince
        prosinec""",
    "sk": """januára jan január, februára feb február, marca mar marec, apríla apr apríl, mája máj, júna jún, júla
        júl, augusta aug august, septembra sep september, októbra okt október, novembra nov november, decembra
        dec december""",
    "sl": """januar jan, februar feb, marec mar, april apr, maj, junij jun, julij jul, avgust avg, september sep,
        oktober okt, november nov, december dec""",
    "hr": """siječnja sij siječanj, veljače velj veljača, ožujka ožu ožujak, travnja travanj, svibnja svi svibanj,
        lipnja lipanj lip, srpnja srpanj srp, kolovoza kol kolovoz, rujna ruj rujan, listopada listopad lis,
        studenoga stu studeni studenog, prosinca prosinac""",
    "bs": """januar jan, februar feb, mart mar, april apr, maj, juni jun, juli jul, august aug, septembar sep,
        oktobar okt, novembar nov, decembar dec""",
    "sr": """јануар јан, фебруар феб, март мар, април апр, мај, јун, јул, август авг, септембар сеп, октобар окт,
        новембар нов, децембар дец""",
    "mk": """јануари јан, февруари фев фебруари, март мар, април апр, мај, јуни јун, јули јул, август авг, септември
        сеп, октомври окт, ноември ное, декември дек""",
    "bg": """януари яну, февруари фев, март, април апр, май, юни, юли, август авг, септември сеп, октомври окт,
        ноември ное, декември дек""",
    "ru": """января янв январь, февраля февр февраль, марта мар март, апреля апр апрель, мая май, июня июн июнь, июля
        июл июль, августа авг август, сентября сент сентябрь сен, октября окт октябрь, ноября нояб ноябрь ноя,
        декабря дек декабрь""",
    "uk": """січня січ січень, лютого лют лютий, березня бер березень, квітня квіт квітень, травня трав травень,
        червня черв червень, липня лип липень, серпня серп серпень, вересня вер вересень, жовтня жовт жовтень,
        листопада лист листопад, грудня груд грудень""",
    "be": """студзеня студзень, лютага лют люты, сакавіка сакавік, красавіка красавік, мая май траўня, чэрвеня
        чэрвень, ліпеня ліпень, жніўня жнівень, верасня вер верасень, кастрычніка кастрычнік, лістапада
        лістапад, снежня снежань""",
    "hu": """január jan, február febr, március márc már, április ápr, május máj, június jún, július júl, augusztus
        aug, szeptember szept, október okt, november nov, december dec""",
    "tr": """ocak oca, şubat şub, mart mar, nisan nis, mayıs may, haziran haz, temmuz tem, ağustos ağu, eylül eyl,
        ekim eki, kasım kas, aralık ara""",
    "az": """yanvar, fevral fev, mart mar, aprel apr, may, iyun, iyul, avqust, sentyabr, oktyabr okt, noyabr, dekabr""",
    "el": """ιανουαρίου ιαν ιανουάριος, φεβρουαρίου φεβ φεβρουάριος, μαρτίου μαρ μάρτιος μάρ, απριλίου απρ απρίλιος,
        μαΐου μαΐ μάιος μάι, ιουνίου ιουν ιούνιος ιούν, ιουλίου ιουλ ιούλιος ιούλ, αυγούστου αυγ αύγουστος αύγ,
        σεπτεμβρίου σεπ σεπτέμβριος, οκτωβρίου οκτ οκτώβριος, νοεμβρίου νοε νοέμβριος νοέ, δεκεμβρίου δεκ
        δεκέμβριος""",
    "sq": """janar jan, shkurt shk, mars mar, prill pri, maj, qershor qer, korrik korr, gusht gush, shtator sht,
        tetor tet, nëntor nën, dhjetor dhj""",
    "ar": """يناير جانفي, فبراير فيفري, مارس, أبريل أفريل ابريل, مايو ماي, يونيو جوان, يوليو جويلية, أغسطس أوت اغسطس,
        سبتمبر, أكتوبر اكتوبر, نوفمبر, ديسمبر""",
    "he": """ינואר בינואר, פברואר בפברואר, מרץ במרץ מרס, אפריל באפריל, מאי במאי, יוני ביוני, יולי ביולי, אוגוסט
        באוגוסט, ספטמבר בספטמבר, אוקטובר באוקטובר, נובמבר בנובמבר, דצמבר בדצמבר""",
    "id": """januari jan djanuari, februari feb, maret mar, april apr, mei, juni jun djuni, juli jul djuli, agustus
        agu agt, september sep, oktober okt, november nov nopember nop, desember des""",
    "ms": """januari jan, februari feb, mac, april apr, mei, jun, julai jul, ogos ogo, september sep, oktober okt,
        november nov, disember dis""",
    "sw": """januari jan, februari feb, machi mac, aprili apr, mei, juni jun, julai jul, agosti ago, septemba sep,
        oktoba okt, novemba nov, desemba des""",
}


def _numbers_of(text: str) -> dict[str, int]:
    months = enumerate(text.split(","), start=1)
    return {name: number for number, names in months for name in names.split()}


_BY_LANGUAGE = {language: _numbers_of(text) for language, text in MONTH_NAMES.items()}
_ALL = {name: number for names in reversed(_BY_LANGUAGE.values()) for name, number in names.items()}
"""Names of all languages. The first language with a name decides: "listopad" is November (Polish), not October (Croatian)."""


def month_number(name: str, language: str) -> int:
    """Return the number (1 to 12) of a month by its lower-case name; 0 for any other word.

    The names of `language`, a BCP 47 tag in lower case, are preferred to those of other languages.
    """
    return _BY_LANGUAGE.get(language[:2], {}).get(name) or _ALL.get(name, 0)
