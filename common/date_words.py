"""The words of dates and times in English, French and Spanish, lower case and without accents."""

from common.words import word_set


def _table(text: str) -> dict[str, int]:
    return {word: number for number, line in enumerate(text.strip().splitlines()) for word in line.split()}


BEFORE_SECOND_DAY = word_set("the on by le el au maybe early")
OF_THE = word_set("of de del the la le du this el cette")
AFTER_SUN = word_set("room rooms deck porch light filled exposure is was drenched")
JOINERS = word_set("- – — to thru through and & or")
BEFORE_NUMERIC = word_set("""
    by on before b4 until till due avail available coe closing closes from ( for since exp expires starting
    effective possession live le el as of close date moving start expired ends occupancy dated post
""")
BEFORE_ORDINAL = word_set("by on before until till for from due to")
BEFORE_MON = word_set("by on for this next before or and until")
AFTER_MON = word_set("pls please morning at by or and noon before latest thx if ok to")
BEFORE_BARE_DAY = word_set("avant pour para antes des d'ici jusqu'au hasta libre de")
WEEKDAYS = _table("""
mon monday monday's lundi lunes
tue tues tuesday tuesday's mardi martes
wed weds wednesday wednesday's wensday wedensday mercredi miercoles
thu thur thurs thursday thursday's thrus jeudi jueves
fri friday friday's firday vendredi viernes
sat saturday saturday's samedi sabado
sun sunday sunday's dimanche domingo
""")
MONTHS = _table("""
.
jan january janvier janv enero ene
feb february fevrier fevr febrero
mar march mars marzo
apr april avril avr abril abr
may mai mayo
jun june juin junio
jul july juillet juil julio
aug august aout agosto ago
sep sept september septembre septiembre
oct october octobre octubre
nov november novembre noviembre
dec december decembre diciembre dic
""")
NUMBERS = _table("""
.
one a an un une una
two deux dos couple
three trois tres
four quatre cuatro
five cinq cinco
six seis
seven sept siete
eight huit ocho
nine neuf nueve
ten dix diez
""")
TONIGHT = {"tonight", "tonite"}
TODAY = word_set("today tday 2day todays today's tonight tonite aujourd'hui hoy")
TOMORROW = word_set("""
    tomorrow tmrw tmr tmw tmrrw tomorow tommorow tommorrow tomorrows tomorrow's tmrow tomoz 2moro 2morrow 2mrw
    demain manana
""")
YESTERDAY = {"yesterday", "yday", "yesterday's", "hier", "ayer", "anoche"}
DAY_UNITS = {"day": 1, "days": 1, "jour": 1, "jours": 1, "dia": 1, "dias": 1, "d": 1}
WEEK_UNITS = word_set("week weeks wk wks semaine semaines semana semanas w")
MONTH_UNITS = {"month", "months", "mois", "mes", "meses"}
HOUR_UNITS = word_set("hour hours hr hrs h heure heures hora horas")
MINUTE_UNITS = {"minute", "minutes", "min", "mins", "minuto", "minutos"}
WORKING = word_set("business biz working work bus ouvrables habiles banking")
NEXT = {"next", "nxt", "prochain", "prochaine", "proximo", "proxima"}
THIS = word_set("this coming upcoming ce cette este esta the le el los les on")
LAST = {"last", "past", "previous", "dernier", "derniere", "pasado", "pasada"}
RANGE_WORDS = word_set("- – — to or and & / thru through ou et o y au a til till")
TIME_LINKS = word_set("""
    at @ by before b4 around from after a las la avant vers antes de , no later than until till : por pm's (
    starting aprox à est sharp approx ~ about then between entre for in the morning afternoon evening apres
    despues
""")
DAY_LINKS = word_set("on of , this le el the du del next for coming")
TIME_CUES = word_set("""
    at @ by before b4 until till til around avant vers a las after from antes between
""")
AFTER_BARE_HOUR = word_set("""
    today tomorrow tmrw sharp till til until please pls plz latest so if or and on but as the because cuz when tonight
    this thanks thx svp porfa for with w in then est we i my they she he to it fix para por con mi pour mon ma avec
""")
PUNCTUATION = set(".,;:!?()[]\"'-–—&/…*>|~+")
NOT_AFTER_ORDINAL = word_set("""
    floor flr fl ave avenue st street line unit time offer deal one buyer draft round showing year anniversary
    birthday listing page sideroad concession person bed bedroom bath rd road party mortgage place quarter try
    option half photo visit viewing copy reminder request amendment deposit installment cheque set etage piso
""")
BEFORE_SAT_DOWN = word_set("i we she he has have they")
ENDINGS = frozenset(
    [
        "",
        *word_set(
            ". , ; ! a avant midi ? ) : - please pls plz if so or and but at by before latest max thanks thx svp porfa"
        ),
    ]
)
FEAST_CUES = word_set("by before on until till for avant b4 due")
FEASTS = {
    "christmas": (12, 25),
    "xmas": (12, 25),
    "christmas eve": (12, 24),
    "xmas eve": (12, 24),
    "boxing day": (12, 26),
    "new year's eve": (12, 31),
    "new years eve": (12, 31),
    "nye": (12, 31),
    "new year's": (1, 1),
    "new years": (1, 1),
    "new year's day": (1, 1),
    "halloween": (10, 31),
    "valentine's day": (2, 14),
    "valentines day": (2, 14),
    "remembrance day": (11, 11),
    "canada day": (7, 1),
}
_ORDINALS = """
first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth
sixteenth seventeenth eighteenth nineteenth twentieth
"""
WORD_ORDINALS = {word: number for number, word in enumerate(_ORDINALS.split(), 1)} | {"thirtieth": 30}
NTH = {"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "last": 5}
LATE_PARTS = word_set("evening night afternoon tonight soir noche tarde")
MOVED = word_set("""
    move moved moving push pushed change changed reschedule rescheduled bump bumped postpone postponed switch
    switched shift shifted
""")
