"""Words that show what a page is for: labels of buttons and links, class names, parts of addresses, software.

The model of the kinds was trained with these tables: after a change, train it again (training/README.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from newsbot.languages.word_patterns import WordLists, entries_of

LABELS: Final[Mapping[str, WordLists]] = {
    "cart": {
        "en": """add to cart, add to bag, add to basket, add to trolley, buy now, buy it now, shop now, cart, bag, basket,
            checkout, wishlist, add to wishlist, add to wish list, quick view, quick shop, quick buy, select options,
            choose options, in stock, out of stock, sold out, free shipping, size guide, sizes, quantity, write a review,
            add to favorites, customer reviews, product details, shipping and returns, view product, best sellers,
            add to compare, pre order, view cart, your cart, my cart, notify me when available""",
        "de": """in den warenkorb, in den einkaufswagen, jetzt kaufen, warenkorb, zur kasse, merkzettel, wunschliste,
            auf die wunschliste, auf den merkzettel, lieferbar, sofort lieferbar, ausverkauft, versandkosten,
            größentabelle, menge, bewertung schreiben, kundenbewertungen, artikelnummer, zum produkt""",
        "fr": """ajouter au panier, acheter, acheter maintenant, panier, mon panier, commander, liste de souhaits, en stock,
            rupture de stock, livraison gratuite, guide des tailles, quantité, aperçu rapide, voir le produit,
            ajouter à ma liste, avis clients""",
        "es": """añadir al carrito, agregar al carrito, añadir a la cesta, comprar, comprar ahora, carrito, cesta,
            lista de deseos, agotado, en existencia, envío gratis, guía de tallas, cantidad, ver producto""",
        "pt": """adicionar ao carrinho, comprar, comprar agora, carrinho, lista de desejos, esgotado, frete grátis,
            quantidade, ver produto, adicionar ao cesto""",
        "it": """aggiungi al carrello, acquista, acquista ora, carrello, lista dei desideri, esaurito, disponibile,
            spedizione gratuita, quantità, vedi prodotto""",
        "nl": """in winkelwagen, in winkelmand, toevoegen aan winkelwagen, nu kopen, winkelwagen, winkelmandje, verlanglijst,
            op voorraad, uitverkocht, aantal, bestellen""",
        "sv": "lägg i varukorg, lägg i varukorgen, köp, köp nu, varukorg, önskelista, i lager, slut i lager, antal",
        "no": "legg i handlekurv, legg i handlekurven, kjøp, kjøp nå, handlekurv, ønskeliste, på lager, utsolgt, antall",
        "da": "læg i kurv, læg i kurven, køb, køb nu, kurv, indkøbskurv, ønskeliste, på lager, udsolgt, antal",
        "fi": "lisää ostoskoriin, osta, osta nyt, ostoskori, toivelista, varastossa, loppuunmyyty, määrä",
        "pl": "dodaj do koszyka, do koszyka, kup teraz, koszyk, lista życzeń, dostępny, niedostępny, ilość",
        "cs": "přidat do košíku, do košíku, koupit, košík, skladem, vyprodáno, množství",
        "sk": "pridať do košíka, do košíka, kúpiť, košík, na sklade, vypredané, množstvo",
        "hu": "kosárba, kosárba teszem, kosár, megveszem, raktáron, elfogyott, mennyiség",
        "ro": "adaugă în coș, adauga in cos, cumpără, coș, în stoc, stoc epuizat, cantitate",
        "el": "προσθήκη στο καλάθι, αγορά, καλάθι, σε απόθεμα, εξαντλημένο, ποσότητα",
        "bg": "добави в количката, купи, количка, изчерпан, количество",
        "hr": "dodaj u košaricu, kupi, košarica, rasprodano, količina",
        "tr": "sepete ekle, satın al, hemen al, sepet, sepetim, stokta, tükendi, adet",
        "ru": "в корзину, добавить в корзину, купить, купить сейчас, корзина, в наличии, нет в наличии, количество",
        "uk": "до кошика, додати в кошик, купити, кошик, в наявності, немає в наявності, кількість",
        "ar": "أضف إلى السلة, أضف إلى عربة التسوق, اشتر الآن, سلة التسوق, نفدت الكمية, الكمية",
        "he": "הוסף לסל, הוספה לסל, קנה עכשיו, סל קניות, אזל מהמלאי, כמות",
        "fa": "افزودن به سبد خرید, خرید, سبد خرید, ناموجود, تعداد",
        "hi": "कार्ट में जोड़ें, अभी खरीदें, कार्ट, स्टॉक में नहीं",
        "ja": "カートに入れる, カートに追加, 今すぐ購入, 購入する, カート, 買い物かご, 在庫あり, 在庫切れ, 売り切れ, 数量",
        "zh": "加入购物车, 加入購物車, 立即购买, 立即購買, 购物车, 購物車, 有货, 缺货, 数量, 數量",
        "ko": "장바구니에 담기, 장바구니, 바로구매, 구매하기, 품절, 수량",
        "th": "เพิ่มลงตะกร้า, หยิบใส่ตะกร้า, ซื้อเลย, ตะกร้า, สินค้าหมด, จำนวน",
        "vi": "thêm vào giỏ hàng, thêm vào giỏ, mua ngay, giỏ hàng, hết hàng, còn hàng, số lượng",
        "id": "tambah ke keranjang, masukkan keranjang, beli sekarang, keranjang, stok habis, jumlah",
    },
    "forum": {
        "en": """reply, quote, post reply, reply to thread, reply to topic, reply with quote, new topic, new thread,
            new posts, latest posts, last post, first post, forums, forum, topics, threads, posts, members, member,
            replies, views, likes, joined, messages, thread starter, original poster, solved, log in to reply,
            you must log in or register to reply here, ask question, answers, accepted answer, sort by votes, register,
            forum rules, senior member, moderator, administrator, profile, private message, subscribe to thread,
            this topic was automatically closed, search this thread, not open for further replies, comments, upvote""",
        "de": """antworten, zitieren, zitat, neues thema, neuer beitrag, beiträge, themen, mitglied, mitglieder, antworten
            erstellen, letzter beitrag, registriert seit, registrieren, foren, themenstarter, gelöst, aufrufe""",
        "fr": """répondre, citer, nouveau sujet, messages, sujets, membre, membres, réponses, dernier message, inscrit,
            inscription, résolu, vues, forums""",
        "es": "responder, citar, nuevo tema, mensajes, temas, miembro, miembros, respuestas, último mensaje, registrado, foros",
        "pt": "responder, citar, novo tópico, mensagens, tópicos, membro, membros, respostas, última mensagem, fóruns",
        "it": "rispondi, cita, nuova discussione, messaggi, discussioni, membro, membri, risposte, ultimo messaggio",
        "nl": "antwoorden, citeren, reageren, nieuw onderwerp, berichten, onderwerpen, leden, reacties, laatste bericht",
        "sv": "svara, citera, nytt ämne, inlägg, ämnen, medlem, medlemmar, svar, senaste inlägg",
        "da": "svar, citer, nyt emne, indlæg, emner, medlem, medlemmer, seneste indlæg",
        "fi": "vastaa, lainaa, uusi aihe, viestit, aiheet, jäsen, jäsenet, vastaukset",
        "pl": "odpowiedz, cytuj, nowy temat, posty, tematy, użytkownik, użytkownicy, odpowiedzi, ostatni post",
        "cs": "odpovědět, citovat, nové téma, příspěvky, témata, člen, odpovědi",
        "hu": "válasz, idézet, új téma, hozzászólások, témák, tagok",
        "tr": "cevapla, yanıtla, alıntı, yeni konu, mesajlar, konular, üye, üyeler, cevaplar",
        "ru": "ответить, цитата, цитировать, новая тема, сообщения, темы, участник, участники, ответы, последнее сообщение",
        "uk": "відповісти, цитата, нова тема, повідомлення, теми, учасник, відповіді",
        "ar": "رد, اقتباس, موضوع جديد, المشاركات, المواضيع, عضو, الردود",
        "ja": "返信, 引用, 新しいトピック, 投稿数, スレッド, メンバー, 回答, 質問する",
        "zh": "回复, 回覆, 引用, 发帖, 發表新帖, 主题, 帖子, 会员, 楼主, 查看",
        "ko": "답글, 인용, 새 글, 게시물, 회원, 답변",
        "vi": "trả lời, trích dẫn, chủ đề mới, bài viết, thành viên",
        "id": "balas, kutip, topik baru, pesan, anggota",
    },
    "docs": {
        "en": """edit this page, edit on github, edit page, on this page, in this article, table of contents, api reference,
            getting started, quickstart, quick start, installation, changelog, release notes, documentation, docs,
            tutorials, reference, next page, previous page, next, previous, prev, index, was this page helpful, view source,
            page source, show source, copy page, configuration, troubleshooting, user guide, developer guide, report an
            issue, suggest changes, source, modules, examples, feedback, up, home, sdks, cli, guides""",
        "de": "diese seite bearbeiten, auf dieser seite, inhaltsverzeichnis, erste schritte, installation, dokumentation, referenz",
        "fr": "modifier cette page, sur cette page, table des matières, démarrage rapide, installation, documentation, référence",
        "es": "editar esta página, en esta página, tabla de contenidos, primeros pasos, instalación, documentación, referencia",
        "pt": "editar esta página, nesta página, índice, primeiros passos, instalação, documentação, referência",
        "it": "modifica questa pagina, in questa pagina, indice, guida introduttiva, installazione, documentazione",
        "ru": "редактировать страницу, на этой странице, содержание, начало работы, установка, документация, справочник",
        "ja": "このページを編集, 目次, はじめに, インストール, ドキュメント, リファレンス",
        "zh": "编辑此页, 编辑本页, 本页目录, 目录, 快速开始, 安装, 文档, 参考, 上一页, 下一页",
        "ko": "이 페이지 편집, 목차, 시작하기, 설치, 문서",
    },
    "service": {
        "en": """get started, get a quote, get a free quote, request a quote, request quote, free quote, get quote, free estimate,
            request a demo, book a demo, get a demo, schedule a demo, watch demo, contact sales, talk to sales, contact us,
            book now, book a call, book online, book an appointment, schedule an appointment, request an appointment,
            schedule a call, schedule a consultation, free consultation, start free trial, start your free trial, free trial,
            try for free, try it free, start for free, sign up free, sign up for free, pricing, plans, plans and pricing,
            see pricing, view pricing, our services, services, why choose us, testimonials, what our clients say,
            what our customers say, frequently asked questions, faq, faqs, call now, call us, get in touch, apply now,
            request information, request info, enroll now, register now, join now, learn more, see plans, our team,
            locations, find a location, solutions, industries, case studies, customers, get directions, submit, compare plans""",
        "de": """angebot anfordern, angebot anfragen, jetzt anfragen, demo anfordern, kostenlos testen, jetzt testen, kontakt,
            termin vereinbaren, termin buchen, jetzt buchen, preise, leistungen, unsere leistungen, referenzen, kontaktieren
            sie uns, beratung, jetzt bewerben, absenden, mehr erfahren, häufige fragen""",
        "fr": """demander un devis, devis gratuit, demander une démo, essai gratuit, contactez nous, prendre rendez vous,
            réserver, tarifs, nos services, témoignages, en savoir plus, envoyer, s inscrire""",
        "es": """solicitar presupuesto, pedir presupuesto, solicitar una demo, prueba gratis, contáctanos, contacto,
            reservar, pedir cita, precios, nuestros servicios, testimonios, más información, enviar""",
        "pt": "solicitar orçamento, pedir orçamento, teste grátis, fale conosco, contato, reservar, preços, nossos serviços, enviar",
        "it": "richiedi preventivo, richiedi una demo, prova gratis, contattaci, prenota, prezzi, i nostri servizi, invia",
        "nl": "offerte aanvragen, vraag offerte aan, demo aanvragen, gratis proberen, contact, afspraak maken, prijzen, diensten",
        "sv": "begär offert, boka demo, prova gratis, kontakta oss, boka tid, priser, tjänster, skicka",
        "da": "få et tilbud, book demo, prøv gratis, kontakt os, book tid, priser, ydelser, send",
        "fi": "pyydä tarjous, kokeile ilmaiseksi, ota yhteyttä, varaa aika, hinnasto, palvelut, lähetä",
        "pl": "poproś o wycenę, zamów demo, wypróbuj za darmo, kontakt, umów wizytę, cennik, usługi, wyślij",
        "cs": "nezávazná poptávka, vyzkoušet zdarma, kontaktujte nás, objednat se, ceník, služby, odeslat",
        "hu": "ajánlatkérés, ingyenes próba, kapcsolat, időpontfoglalás, árak, szolgáltatások, küldés",
        "tr": "teklif al, demo talep et, ücretsiz dene, iletişim, randevu al, fiyatlar, hizmetlerimiz, gönder",
        "ru": "оставить заявку, заказать звонок, попробовать бесплатно, связаться с нами, записаться, цены, услуги, отправить",
        "uk": "залишити заявку, замовити дзвінок, спробувати безкоштовно, записатися, ціни, послуги, надіслати",
        "ar": "اطلب عرض سعر, اتصل بنا, احجز الآن, جرب مجانا, الأسعار, خدماتنا, إرسال",
        "ja": "お問い合わせ, 資料請求, 無料で試す, 無料トライアル, 予約する, お申し込み, 料金, サービス, 送信",
        "zh": "联系我们, 聯絡我們, 立即预约, 免费试用, 免費試用, 预约演示, 价格, 服务, 提交",
        "ko": "문의하기, 무료 체험, 상담 신청, 예약하기, 가격, 서비스",
        "vi": "liên hệ, đăng ký ngay, dùng thử miễn phí, đặt lịch, bảng giá, dịch vụ, gửi",
        "id": "hubungi kami, coba gratis, minta penawaran, pesan sekarang, harga, layanan, kirim",
    },
    "list": {
        "en": """sort by, sort, filter, filters, filter by, clear all, clear filters, apply filters, apply, reset, load more,
            show more, view more, see more, view all, see all, view all results, next page, page, last, first, results,
            all, featured, newest, most popular, price low to high, price high to low, relevance, show filters, items,
            refine, refine by, category, categories, all categories, grid, list, read more, older posts, load more posts""",
        "de": "sortieren, sortieren nach, filter, filtern, alle anzeigen, mehr anzeigen, mehr laden, nächste seite, ergebnisse, weiter",
        "fr": "trier, trier par, filtrer, filtres, voir tout, voir plus, charger plus, page suivante, résultats, suivant",
        "es": "ordenar, ordenar por, filtrar, filtros, ver todo, ver más, cargar más, página siguiente, resultados, siguiente",
        "pt": "ordenar, ordenar por, filtrar, filtros, ver tudo, ver mais, carregar mais, próxima página, resultados",
        "it": "ordina, ordina per, filtra, filtri, vedi tutti, mostra altro, carica altri, pagina successiva, risultati",
        "nl": "sorteren, sorteer op, filter, filters, toon alles, meer laden, volgende pagina, resultaten",
        "sv": "sortera, filtrera, visa alla, visa fler, ladda fler, nästa sida, resultat",
        "da": "sorter, filtrer, vis alle, vis flere, indlæs flere, næste side, resultater",
        "fi": "järjestä, suodata, näytä kaikki, näytä lisää, lataa lisää, seuraava sivu, tulokset",
        "pl": "sortuj, sortuj według, filtruj, filtry, zobacz wszystkie, pokaż więcej, następna strona, wyniki",
        "tr": "sırala, filtrele, filtreler, tümünü gör, daha fazla, sonraki sayfa, sonuçlar",
        "ru": "сортировка, фильтр, фильтры, показать все, показать еще, показать ещё, загрузить еще, следующая страница",
        "ar": "ترتيب حسب, تصفية, عرض الكل, عرض المزيد, الصفحة التالية, النتائج",
        "ja": "並び替え, 絞り込み, すべて見る, もっと見る, 次のページ, 検索結果",
        "zh": "排序, 筛选, 篩選, 查看全部, 查看更多, 加载更多, 載入更多, 下一页, 下一頁",
        "ko": "정렬, 필터, 전체보기, 더보기, 다음 페이지, 검색 결과",
    },
}
"""Family -> labels of buttons and links, in lower case, words only."""

MARKUP: Final[Mapping[str, str]] = {
    "shop": """product products price prices pricing cart basket sku variant variants swatch swatches rating ratings stars
        shop store woocommerce shopify addtocart buybox pdp plp offer offers discount merch merchandise upsell wishlist
        checkout quantity""",
    "forum": """thread threads topic topics reply replies forum forums message messages signature quote avatar username
        postbody posthead postbit postrow userinfo poster messageuserinfo answer answers question vote votes
        crawler karma op discourse""",
    "docs": """docs doc documentation toc markdown highlight codehilite language sphinx docusaurus gitbook wiki api
        breadcrumbs rst docutils admonition pagination toctree sidebar tutorial reference book headerlink method
        parameter syntax""",
    "service": """hero cta testimonial testimonials service services feature features benefits banner slide slider
        carousel accordion form wpcf hbspt contact appointment faq faqs team logos client clients elementor block
        section pricing plan plans tab tabs""",
    "list": """grid card cards tile tiles listing listings results result filter filters facet facets sort pagination
        pager loop archive category item items collection teaser catalog directory browse""",
    "post": """post entry article story byline author published date dateline caption headline standfirst lede lead
        kicker news paragraph""",
}
"""Family -> words of class names and ids, in lower case."""

PATHS: Final[Mapping[str, str]] = {
    "shop": """product products produkt produkte produit produits producto productos produto produtos prodotto prodotti
        shop store buy dp ip sku pd tienda loja negozio boutique kaufen tovar urun tuote produkter""",
    "list": """category categories tag tags collections c search archive archives browse listing listings directory
        kategorie kategorien categorie categoria categorias rubrik rubriques seccion schlagwort etiqueta list all
        jobs sale deals chart ranking rankings hub page item items p""",
    "forum": """forum forums foro foren thread threads viewtopic viewforum showthread t discussion discussions discuss
        discourse board boards phpbb ?topic ?t ?tid ?thread ?threadid ?showtopic""",
    "topic": "topic topics collection comments community communities questions question answers ask r talk",
    "docs": """docs doc documentation reference manual manuals api wiki help kb handbook dokumentation readthedocs""",
    "learn": """learn guide guides tutorial tutorials how-to howto resources resource academy book insights man developer
        developers support ref library latest stable en-us""",
    "service": """service services solution solutions pricing features plans platform program programs course courses
        location locations industries leistungen dienstleistungen servicios usluge certificate certificates rental
        quote use-cases software training departments department what-we-do capabilities careers""",
    "page": "about contact about-us why-us impressum kontakt pages faq terms privacy legal home index",
    "news": """news article articles story stories artikel nachrichten actualites actualite noticias noticia notizie
        nyheter nyheder uutiset novosti magazine press opinion politics politik sport sports world business culture
        presse haber berita clanek pressemitteilungen aktuelles content""",
    "blog": "blog blogs post posts review reviews recipe recipes rezepte pulse ideas life-style lifestyle travel health",
}
"""Family -> segments of paths, labels of hosts, and, with a question mark, the first parameter of a query; in lower case."""

SOFTWARE: Final[Mapping[str, str]] = {
    "shop": "shopify, woocommerce, magento, prestashop, opencart, bigcommerce, shopware, ecwid, sylius, oscommerce",
    "forum": "discourse, phpbb, vbulletin, xenforo, invision, nodebb, flarum, smf, mybb, vanilla, fluxbb, questions2answers",
    "docs": """docusaurus, sphinx, docutils, mkdocs, gitbook, vitepress, vuepress, mdbook, antora, asciidoctor, doxygen,
        javadoc, rustdoc, mediawiki, docbook, docsify, starlight, nextra, mintlify, readme, writerside, pandoc""",
}
"""Family -> names in the generator meta element."""

PRONOUNS: Final[Mapping[str, WordLists]] = {
    "we": {
        "en": "we, us, our, ours",
        "de": "wir, uns, unser, unsere, unseren, unserem, unserer",
        "fr": "nous, notre, nos",
        "es": "nosotros, nuestro, nuestra, nuestros, nuestras",
        "pt": "nós, nosso, nossa, nossos, nossas",
        "it": "noi, nostro, nostra, nostri, nostre",
        "nl": "wij, we, ons, onze",
        "sv": "vi, oss, vår, våra, vårt",
        "da": "vi, os, vores",
        "pl": "my, nas, nam, nasz, nasze, naszych",
        "ru": "мы, нас, нам, наш, наша, наши, наших",
        "tr": "biz, bizim, bize",
    },
    "you": {
        "en": "you, your, yours",
        "de": "sie, ihr, ihre, ihren, ihrem, ihnen, du, dein, deine, deinen",
        "fr": "vous, votre, vos, tu, ton, tes",
        "es": "tú, tu, tus, usted, ustedes, su, sus",
        "pt": "você, vocês, seu, sua, seus, suas",
        "it": "tu, tuo, tua, tuoi, voi, vostro, vostra",
        "nl": "u, uw, je, jij, jouw",
        "sv": "du, dig, din, ditt, dina",
        "da": "du, dig, din, dit, dine",
        "pl": "ty, twój, twoje, państwo, państwa",
        "ru": "вы, вас, вам, ваш, ваша, ваши, ваших",
        "tr": "siz, sizin, size, sen, senin",
    },
    "i": {
        "en": "i, i'm, i've, my, me",
        "de": "ich, mich, mir, mein, meine, meinen",
        "fr": "je, j'ai, mon, ma, mes, moi",
        "es": "yo, mi, mis, me",
        "pt": "eu, meu, minha, me",
        "it": "io, mio, mia, mi",
        "nl": "ik, mijn, mij",
        "sv": "jag, mig, min, mitt, mina",
        "da": "jeg, mig, min, mit, mine",
        "pl": "ja, mnie, mój, moje",
        "ru": "я, меня, мне, мой, моя, мои",
        "tr": "ben, benim, bana",
    },
}
"""Person -> pronouns, in lower case."""


def families_of_words(table: Mapping[str, str]) -> dict[str, tuple[int, ...]]:
    """Return each word of a table of words with the numbers of its families."""
    found: dict[str, tuple[int, ...]] = {}
    for number, text in enumerate(table.values()):
        for word in dict.fromkeys(text.split()):
            found[word] = (*found.get(word, ()), number)
    return found


def families_of_phrases(table: Mapping[str, WordLists]) -> dict[str, tuple[int, ...]]:
    """Return each phrase of a table of word lists with the numbers of its families."""
    found: dict[str, tuple[int, ...]] = {}
    for number, lists in enumerate(table.values()):
        for phrase in entries_of(lists):
            text = " ".join(phrase.split())
            found[text] = (*found.get(text, ()), number)
    return found
