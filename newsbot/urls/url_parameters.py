"""Query parameters that do not select the article: tracking, sessions, flags, views, channels."""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TRACKING_PREFIXES = tuple(
    _words(
        """utm pk_ mtm_ matomo_ piwik_ hsa_ _hs __hs at_ wt. wt_ ns_ guce_ fb_ amp_ bsft_ elqtrack elqcampaign elqa sfmc_ oly_ trk_
        vero_ cx_ itm_ ga_ gaa_ gad_ stm_ iterable _bta_ ml_subscriber share_ __cf_ __xts __cft _branch_ hss_ hscta action_object_ action_type_ action_ref_ adjust_
        asc_ ig_ li_ rdt_ soc_ nsl_ email_ wx_ hmb_ aspsession"""
    )
)
"""Prefixes of parameters that an analytics, mailing or sharing product adds."""

_TRACKING = _words(
    """fbclid gclid gclsrc dclid gbraid wbraid msclkid ttclid twclid yclid ysclid ymclid igshid igsh epik sccid
    srsltid lipi trk trkinfo trackingid trackid s_kwcid s_cid ef_id _ga _gl _gac _ke _kx _openstat mc_cid mc_eid
    mc_tc mkt_tok mkcid mkrid mkevt xtor xtref xts xtcr xtnp xtmc tt_medium tt_content tw_source sr_share
    sc_src sc_cid sc_lid sc_llid sc_uid sc_eh sc_camp sc_campaign sc_channel ref_src ref_url ref_source ref_medium
    ref_campaign int_source int_medium int_campaign int_content int_term int_cmp
    cmp cmpid campid campaign campaignid campaign_id camp_id intcmp intcid icid icmp ncid ncmp ocid mbid smid
    smtyp smprod emc ito ftag fsrc taid tpcc sref spm scm wprov guccounter usqp aoh referrer referer referral
    reflink leadsource mibextid __twitter_impression __source __tn__ __s dm_i wickedid rb_clickid ck_subscriber_id
    vgo_ee gdfms gdftrk gdffi dicbo oborigurl tblci link_source xg_source traffic_source trafficsource recirc
    via partner partnerid et_rid etcid nlid nl_id isappinstalled fromapp nsukey snsid sns ftcamp echobox
    phpsessid jsessionid sessionid session_id sessid cfid cftoken zenid oscsid
    unlocked_article_code gift giftcopy pwapi_token sharetoken sharetype accesstoken
    clickid click_id irclickid irgwc cjevent ranmid raneaid ransiteid awc zanpid obclid tbclid ttaid aff_id affid
    affiliate affiliate_id partner_id tracking_id elq hslang fref hc_ref nr_email_referer cndid bxid esrc hasha ved cvid
    tsrc .tsrc vd_source spm_id_from clicktime srnd aftr_source embedded-checkout embedded_checkout wpmm wpsrc regi_id referringsource clicksource
    pgtype replytocom commentid comment_id commentpage comment_page like_comment nocache cachebuster cachebust rnd rand timestamp _"""
)
"""Parameters that never select the article: click ids, campaigns, sessions, gift links, replies to a comment."""

_CHANNEL_KEYS = _words(
    """ref source src from share shared cid medium channel origin mod feature promo fromref feed rss linkid
    tracking track rel refer referred_by cm nl context entry sh app social itid hpid tid nid xid wpisrc fr"""
)
"""Parameters that name the channel of a visit on some sites and the article on others: their value decides."""

_CHANNELS = _words(
    """share sharing shared rss feed feeds atom soc social twitter tw x facebook fb instagram ig linkedin
    whatsapp wa telegram tg reddit pinterest tiktok youtube youtu threads bluesky mastodon wechat weibo
    viber messenger email mail newsletter nl push notification app ios android web website mobile desktop amp
    google gnews googlenews bing yahoo msn apple applenews flipboard smartnews upday pocket feedly newsbreak
    home homepage hp front frontpage nav navigation navbar menu header footer sidebar related recommended recirc
    mostread popular trending topstories ticker teaser widget button link copy copylink permalink internal
    inline mainpage topbar hootsuite buffer addthis sharethis ifttt taboola outbrain syndication partner search seo sem cpc banner timeline singlemessage groupmessage qrcode sms"""
)
"""Words in a value of `_CHANNEL_KEYS` that names a channel (tw-share, rss, hp_lead)."""

_SHARE_LINK = re.compile(r"\d{6,}")
"""Value of `linkId` as a product for sharing numbers its links; in lower case it is the article on some sites."""
_NEWSLETTER = re.compile(r"[a-z][a-z_-]*")
"""Value of `nl` that names a newsletter: nl=headlines. A number may be that of an article."""
_SHARED = re.compile(r"sf\d{6,}")
"""Parameters that a social media tool numbers: sf148293=1."""
_NUMBERED = re.compile(r"\d\d")
"""Digits, which are in the key of a document (ref=app-2026-11) but not in the name of a channel."""

_SESSION_KEYS = _words("sid session sess ssid token auth")
_SESSION_VALUE = re.compile(r"(?=.*\d)(?=.*[a-z])(?:[0-9a-f]{10,}|[0-9a-z]{20,})")
"""Value of a session: long, with letters and digits, without a hyphen. sid=4471 may be the number of an article."""

_FLAG_KEYS = _words(
    """amp isamp is_amp _amp ampmode noamp nonamp m mobile ismobile nomobile desktop webview print printable printer
    printview print_view printpage printerfriendly printer_friendly pf nb singlepage single_page showall show_all
    full fullview fullpage comments showcomments show_comments share noredirect no_redirect redirect redirected rdr
    single embed embedded fullscreen autoplay preview noscript loggedin rss hp"""
)
_FLAG_VALUES = _words("0 1 true false yes no y n on off t f amp print mobile") | {""}
_VIEW_KEYS = _words(
    """output outputtype output_type mode view format type layout display render variant version service
    template tmpl tpl platform device action do skin style theme pagewanted page"""
)
_VIEW_VALUES = _words(
    """amp amphtml print printable printer printerfriendly printer-friendly mobile m desktop full fullpage
    singlepage single all component"""
)
"""Values of `_VIEW_KEYS` that select a view of the article (view=print, outputType=amp, pagewanted=all)."""


def is_irrelevant(key: str, value: str) -> bool:
    """Return whether a parameter does not select the article."""
    if key == "linkId" and _SHARE_LINK.fullmatch(value):
        return True
    key, value = key.lower(), value.lower()
    return (
        key in _TRACKING
        or key.startswith(_TRACKING_PREFIXES)
        or _SHARED.fullmatch(key) is not None
        or (key in _FLAG_KEYS and value in _FLAG_VALUES)
        or (key in _VIEW_KEYS and value in _VIEW_VALUES)
        or (key in _CHANNEL_KEYS and _is_channel(value))
        or (key in _SESSION_KEYS and _SESSION_VALUE.fullmatch(value) is not None)
        or (key == "nl" and _NEWSLETTER.fullmatch(value) is not None)
        or (key == "page" and value == "1")
    )


def _is_channel(value: str) -> bool:
    return not _NUMBERED.search(value) and not _CHANNELS.isdisjoint(re.split(r"[^a-z]", value))
