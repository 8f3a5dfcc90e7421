"""Which language a text is in, and what becomes of texts that the coder cannot read."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from detente.keeping import keep, languages_of
from detente.records import Document, Event
from detente.sources.languages import counted, language_name, language_of, with_language
from detente.sources.text import make_document
from detente.store import open_store

# Written for this test, in the words of news agencies.
SENTENCES = (
    ("ar", "أعلنت وزارة الخارجية أنها استدعت السفير للتشاور."),
    ("ar", "اتفق البلدان على وقف إطلاق النار بعد محادثات استمرت يومين."),
    ("ar", "قال الرئيس إن العقوبات لن تغير موقف حكومته."),
    ("bg", "Министърът на външните работи заяви, че преговорите ще продължат през март."),
    ("bg", "Правителството отхвърли искането за извънредна среща."),
    ("bg", "Двете страни подписаха споразумение за границата."),
    ("cs", "Ministr zahraničí řekl, že jednání budou pokračovat v březnu."),
    ("cs", "Vláda odmítla žádost o mimořádné setkání."),
    ("cs", "Oba státy podepsaly dohodu o společné hranici."),
    ("da", "Udenrigsministeren sagde, at forhandlingerne fortsætter i marts."),
    ("da", "Regeringen afviste ønsket om et ekstraordinært møde."),
    ("de", "Der Außenminister sagte, die Verhandlungen würden im März fortgesetzt."),
    ("de", "Die Regierung wies die Forderung nach einem Sondertreffen zurück."),
    ("de", "Beide Länder haben ein Abkommen über die gemeinsame Grenze unterzeichnet."),
    ("de", "Berlin bestellt Botschafter ein"),
    ("el", "Ο υπουργός Εξωτερικών δήλωσε ότι οι συνομιλίες θα συνεχιστούν τον Μάρτιο."),
    ("el", "Η κυβέρνηση απέρριψε το αίτημα για έκτακτη συνάντηση."),
    ("en", "The foreign minister said the talks would go on in March."),
    ("en", "Both countries signed an agreement on their common border."),
    ("en", "Kyiv recalls its envoy"),
    ("en", "Iran condemned the United States on Friday."),
    ("en", "President Petro spoke with President Trump."),
    ("es", "El canciller dijo que las conversaciones seguirán en marzo."),
    ("es", "El Gobierno rechazó la petición de una reunión extraordinaria."),
    ("es", "Los dos países firmaron un acuerdo sobre su frontera común."),
    ("es", "Bogotá llama a consultas a su embajador"),
    ("et", "Välisminister ütles, et kõnelused jätkuvad märtsis."),
    ("et", "Valitsus lükkas erakorralise kohtumise palve tagasi."),
    ("fa", "وزیر امور خارجه گفت که گفتگوها در ماه مارس ادامه خواهد یافت."),
    ("fa", "دولت درخواست برگزاری نشست فوق‌العاده را رد کرد."),
    ("fa", "دو کشور توافق‌نامه‌ای درباره مرز مشترک امضا کردند."),
    ("fi", "Ulkoministeri sanoi neuvottelujen jatkuvan maaliskuussa."),
    ("fi", "Hallitus torjui pyynnön ylimääräisestä tapaamisesta."),
    ("fr", "Le ministre des Affaires étrangères a déclaré que les pourparlers reprendraient en mars."),
    ("fr", "Le gouvernement a rejeté la demande d'une réunion extraordinaire."),
    ("fr", "Les deux pays ont signé un accord sur leur frontière commune."),
    ("fr", "Paris rappelle son ambassadeur"),
    ("he", "שר החוץ אמר שהשיחות יימשכו בחודש מרץ."),
    ("he", "הממשלה דחתה את הבקשה לפגישה דחופה."),
    ("hi", "विदेश मंत्री ने कहा कि बातचीत मार्च में जारी रहेगी।"),
    ("hi", "सरकार ने विशेष बैठक की मांग को खारिज कर दिया।"),
    ("hu", "A külügyminiszter közölte, hogy a tárgyalások márciusban folytatódnak."),
    ("hu", "A kormány elutasította a rendkívüli találkozóra vonatkozó kérést."),
    ("hy", "Արտաքին գործերի նախարարն ասաց, որ բանակցությունները կշարունակվեն մարտին։"),
    ("id", "Menteri luar negeri mengatakan perundingan akan dilanjutkan pada bulan Maret."),
    ("id", "Pemerintah menolak permintaan untuk mengadakan pertemuan luar biasa."),
    ("id", "Kedua negara menandatangani perjanjian tentang perbatasan bersama."),
    ("it", "Il ministro degli Esteri ha detto che i colloqui proseguiranno a marzo."),
    ("it", "Il governo ha respinto la richiesta di un incontro straordinario."),
    ("it", "I due Paesi hanno firmato un accordo sul confine comune."),
    ("ja", "外務大臣は、協議が三月に続くと述べた。"),
    ("ja", "政府は臨時会合の要請を拒否した。"),
    ("ka", "საგარეო საქმეთა მინისტრმა თქვა, რომ მოლაპარაკება მარტში გაგრძელდება."),
    ("ko", "외교부 장관은 회담이 3월에 계속될 것이라고 말했다."),
    ("ko", "정부는 특별 회의 요청을 거부했다."),
    ("lt", "Užsienio reikalų ministras sakė, kad derybos tęsis kovo mėnesį."),
    ("lt", "Vyriausybė atmetė prašymą surengti neeilinį susitikimą."),
    ("lv", "Ārlietu ministrs sacīja, ka sarunas turpināsies martā."),
    ("lv", "Valdība noraidīja lūgumu rīkot ārkārtas tikšanos."),
    ("nb", "Utenriksministeren sa at forhandlingene vil fortsette i mars."),
    ("nb", "Regjeringen avviste ønsket om et ekstraordinært møte."),
    ("nl", "De minister van Buitenlandse Zaken zei dat de gesprekken in maart doorgaan."),
    ("nl", "De regering wees het verzoek om een bijzondere ontmoeting af."),
    ("nl", "Beide landen hebben een akkoord over hun gemeenschappelijke grens getekend."),
    ("pl", "Minister spraw zagranicznych powiedział, że rozmowy będą kontynuowane w marcu."),
    ("pl", "Rząd odrzucił prośbę o nadzwyczajne spotkanie."),
    ("pl", "Oba kraje podpisały porozumienie w sprawie wspólnej granicy."),
    ("pt", "O ministro das Relações Exteriores disse que as negociações continuarão em março."),
    ("pt", "O governo rejeitou o pedido de uma reunião extraordinária."),
    ("pt", "Os dois países assinaram um acordo sobre a fronteira comum."),
    ("ro", "Ministrul de externe a declarat că discuțiile vor continua în martie."),
    ("ro", "Guvernul a respins cererea pentru o întâlnire extraordinară."),
    ("ru", "Министр иностранных дел заявил, что переговоры продолжатся в марте."),
    ("ru", "Правительство отвергло просьбу о внеочередной встрече."),
    ("ru", "Обе страны подписали соглашение об общей границе."),
    ("ru", "Москва отозвала посла"),
    ("sr", "Министар спољних послова рекао је да ће се разговори наставити у марту."),
    ("sr", "Влада је одбила захтев за ванредни састанак."),
    ("sv", "Utrikesministern sade att förhandlingarna fortsätter i mars."),
    ("sv", "Regeringen avvisade begäran om ett extra möte."),
    ("sw", "Waziri wa mambo ya nje alisema mazungumzo yataendelea mwezi Machi."),
    ("sw", "Serikali ilikataa ombi la mkutano wa dharura."),
    ("tr", "Dışişleri Bakanı görüşmelerin mart ayında süreceğini söyledi."),
    ("tr", "Hükümet olağanüstü toplantı talebini reddetti."),
    ("tr", "İki ülke ortak sınır konusunda bir anlaşma imzaladı."),
    ("uk", "Міністр закордонних справ заявив, що переговори триватимуть у березні."),
    ("uk", "Уряд відхилив прохання про позачергову зустріч."),
    ("uk", "Обидві країни підписали угоду про спільний кордон."),
    ("uk", "Київ відкликав посла"),
    ("ur", "وزیر خارجہ نے کہا کہ مذاکرات مارچ میں جاری رہیں گے۔"),
    ("ur", "حکومت نے خصوصی اجلاس کی درخواست مسترد کر دی۔"),
    ("vi", "Bộ trưởng Ngoại giao nói rằng cuộc đàm phán sẽ tiếp tục vào tháng Ba."),
    ("vi", "Chính phủ bác bỏ yêu cầu họp bất thường."),
    ("zh", "外交部长表示，谈判将于三月继续举行。"),
    ("zh", "政府拒绝了召开特别会议的请求。"),
    ("zh", "两国签署了关于共同边界的协议。"),
    ("az", "Xarici işlər naziri danışıqların mart ayında davam edəcəyini bildirdi."),
    ("az", "Hökumət növbədənkənar görüş tələbini rədd etdi."),
    ("kk", "Сыртқы істер министрі келіссөздер наурызда жалғасады деді."),
    ("kk", "Үкімет кезектен тыс кездесу өтінішін қабылдамады."),
    ("be", "Міністр замежных спраў заявіў, што перамовы працягнуцца ў сакавіку."),
    ("be", "Урад адхіліў просьбу аб пазачарговай сустрэчы."),
    ("bn", "পররাষ্ট্রমন্ত্রী বলেছেন, আলোচনা মার্চ মাসে চলবে।"),
    ("hr", "Ministar vanjskih poslova rekao je da će se razgovori nastaviti u ožujku."),
    ("hr", "Vlada je odbila zahtjev za izvanredni sastanak."),
    ("sk", "Minister zahraničných vecí povedal, že rokovania budú pokračovať v marci."),
    ("sk", "Vláda odmietla žiadosť o mimoriadne stretnutie."),
    ("sq", "Ministri i Jashtëm tha se bisedimet do të vazhdojnë në mars."),
    ("sq", "Qeveria hodhi poshtë kërkesën për një takim të jashtëzakonshëm."),
    ("th", "รัฐมนตรีต่างประเทศกล่าวว่าการเจรจาจะดำเนินต่อไปในเดือนมีนาคม"),
    ("mk", "Министерот за надворешни работи изјави дека преговорите ќе продолжат во март."),
    ("mk", "Владата го одби барањето за вонреден состанок."),
)
# A short sentence in plain letters that could be Danish as well as Norwegian is left open.
OPEN = ("Utenriksministeren sa at forhandlingene vil fortsette i mars.",)


@pytest.mark.parametrize(("code", "text"), SENTENCES)
def test_a_sentence_of_news_is_known_by_its_language(code: str, text: str) -> None:
    assert language_of(text) == (None if text in OPEN else code)


@pytest.mark.parametrize(
    "text",
    [
        "Iran",
        "Bogotá",
        "No!",
        "100% TARIFFS",
        "https://example.org/el-canciller-dijo-que-las-conversaciones",
        "RT @president #peace 2026",
        "U.S. Announces China Trade Deal in Geneva",
        "🇺🇸🇰🇷",
        "",
    ],
)
def test_what_is_too_short_to_tell_is_not_guessed(text: str) -> None:
    assert language_of(text) is None


def test_english_with_names_of_other_languages_stays_english() -> None:
    text = "The Élysée said that Édouard Nuñez and Łukasz Żółć had met Nguyễn Văn Đức in São Paulo."
    assert language_of(text) == "en"
    assert language_of("Президент met the press, and he said that it was over.") == "en"


@pytest.mark.parametrize(
    ("text", "stated", "found"),
    [
        ("El Gobierno rechazó la petición de una reunión extraordinaria.", "en", "es"),
        ("El Gobierno rechazó la petición de una reunión extraordinaria.", "en-US", "es"),
        ("The government rejected the request, and the envoy left.", "es", "en"),
        ("Comunicado conjunto", "es-CO", "es"),
        ("Comunicado conjunto", "english", None),
        ("Joint statement", "en", "en"),
        ("", "fr", "fr"),
    ],
)
def test_the_words_go_before_what_a_page_states_of_itself(text: str, stated: str, found: str | None) -> None:
    assert language_of(text, stated) == found


def test_english_texts_never_load_the_recogniser() -> None:
    script = (
        "import sys\n"
        "from detente.sources.languages import language_of\n"
        "assert language_of('The talks ended on Friday, and both sides said that they would meet.') == 'en'\n"
        "assert language_of('Iran condemned the United States on Friday.') == 'en'\n"
        "assert 'lingua' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_languages_are_counted_in_words() -> None:
    assert counted({"es": 1}) == "1 document in Spanish"
    assert counted({"ru": 2, "fr": 4, "es": 2}) == "4 documents in French, 2 in Spanish and 2 in Russian"
    assert language_name("nb") == "Norwegian"


class English:
    """A coder that must see nothing but English."""

    name = "test.v1"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def code(self, document: Document) -> list[Event]:
        self.seen.append(document.text)
        return []


def test_what_cannot_be_coded_is_kept_counted_and_coded_later_by_who_can() -> None:
    texts = [
        "The minister said that the talks had ended.",
        "El canciller dijo que las conversaciones seguirán en marzo.",
        "Правительство отвергло просьбу о внеочередной встрече.",
        "Iran",
        "Обе страны подписали соглашение об общей границе.",
    ]
    documents = [make_document(text, published="2026-01-08") for text in texts]
    coder = English()
    with open_store(":memory:") as store:
        kept = keep(store, documents, coder, retrieved=datetime(2026, 1, 9, tzinfo=UTC))
        assert coder.seen == [texts[0], texts[3]]
        assert kept.uncoded == {"es": 1, "ru": 2}
        assert kept.added.documents == 5
        assert {d.text: d.language for d in store.documents()} == dict(
            zip(texts, ["en", "es", "ru", None, "ru"], strict=True)
        )
        again = keep(store, documents, coder, retrieved=None)
        assert (again.added.documents, again.added.already, again.uncoded) == (0, 5, {})

        class Spanish(English):
            languages = ("es",)

        other = Spanish()
        assert list(languages_of(other)) == ["es"]
        keep(store, [with_language(d) for d in documents], other, retrieved=None)
        assert other.seen == [texts[1]], "the one that no coder had read"


def test_a_reading_that_stops_keeps_what_was_read_in_every_language() -> None:
    def broken() -> Iterator[Document]:
        yield make_document("El canciller dijo que las conversaciones seguirán en marzo.")
        yield make_document("The minister said that the talks had ended.")
        raise KeyboardInterrupt

    with open_store(":memory:") as store:
        with pytest.raises(KeyboardInterrupt):
            keep(store, broken(), English(), retrieved=None)
        assert sorted(str(d.language) for d in store.documents()) == ["en", "es"]
