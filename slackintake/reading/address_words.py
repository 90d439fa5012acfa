"""The words of addresses: street types, units, cities, and what follows a number without being a street."""

from common.words import word_set


def _names(text: str) -> frozenset[str]:
    """Names of several words, parted by bars."""
    return frozenset(" ".join(name.split()) for name in text.split("|"))


NUMBERED_THINGS = word_set("form orea mls c step option version page line top q room level form# buyer zoom")
BEFORE_LOWER = word_set("at @ on re listing list relist address")
COUNTING = word_set("order need needs buy print want bring reserve ship mail grab")
BEFORE_CORNER = word_set("at corner near around of @ by on off intersection in coin esquina a")
ARTICLES = word_set("de la le les du des d' l' el los las")
HASH_NUMBERS = word_set("mls form file acct account invoice order license licence buyer ref c")
AFTER_ADDRESS = word_set("is sold leased firm just went got closes closing relist lease : deal")
GLUE = word_set("$ . , : / % + ' @")
LOWER_TYPES = word_set("way gate park place court drive hill square circle green heights ridge")
SHORT_STREETS = word_set("bay elm oak st jay rd ave e w n s fir dr")
NAMES_TOO = word_set("""
    may the king june august april sun open deal house mar list key town bath form front market new old her just
    over under march sale
""")
# Street types that are hardly ever anything else after a number and a name.
TYPES = word_set("""
    street st str avenue ave av aves road rd boulevard blvd boul boulv crescent cres cr crt court ct drive dr
    lane ln terrace ter terr parkway pkwy pky highway hwy square sq circle cir trail trl mews expressway expwy
    row gate grove grv gardens gdns gdn heights hts hill ridge heath common alley aly plaza plz esplanade
    promenade prom close loop crossing xing landing quay sideroad sdrd concession con line way wy pl place park
    path walk green pt point view vista bend cove glen hollow manor mill run woods wood bay harbour island lawn
    pass pathway ramp route rte turnpike tpke commons meadows meadow
""")
# Of those, the ones that are plain words too: in lower case they need a capital before them.
PLAIN_TYPES = word_set("""
    way place park path walk green point view bend line close court drive gate common row hill ridge run wood
    woods bay lawn pass mill crossing landing loop square circle island green heights con pl ter route
    concession cove hollow manor glen st dr ct sq ave
""") - word_set("st dr ct sq ave pl")
TYPES_BEFORE = word_set("""
    rue av ave avenue boul boulevard chemin ch allee place cote montee rang calle avenida via camino paseo corso
    impasse
""")
NUMBERED_ROADS = word_set("highway hwy concession con line sideroad sdrd route rte regional county township range")
DIRECTIONS = word_set(
    "e w n s ne nw se sw east west north south northeast northwest southeast southwest o ouest est nord sud"
)
UNIT_WORDS = word_set(
    "unit units suite suites ste apt apts apartment apartment's app apto appt ph penthouse no # bldg th u un"
)
FLOOR_WORDS = word_set(
    "upper lower main basement bsmt bsmnt rear ground downstairs upstairs coach front laneway garden"
)
FLOOR_NOUNS = word_set("floor flr fl level lvl unit apt apartment suite house bsmt basement")
REGIONS = word_set(
    "on ont ontario qc quebec bc ab mb sk ns nb nl pe ca calif california ny az wa nv or tx fl usa canada"
)
NAME_LINKS = word_set("the de la le les du des of d l el los las san santa st saint mt mount old king's")
# What follows a number without being a street: things counted, measures, the vocabulary of the trade, months and days.
NO_STREET = word_set("""
    am pm a p h hr hrs hour hours min mins minute minutes sec day days week weeks wk wks month months mo mos
    year years yr yrs old new bed beds bedroom bedrooms bdrm bdrms br brs bd bds bath baths bathroom bathrooms
    ba den dens storey storeys story stories sf sqft sq ft feet foot acre acres acs m km mi miles x by pcs pc
    pieces copies copy sets set pages page people persons guests kids agents agent buyers buyer sellers seller
    tenants tenant owners clients client offers offer showings showing listings listing photos photo pics
    pictures signs sign keys key fobs fob boxes box lockbox lockboxes cards card flyers flyer sheets sheet
    brochures postcards letters emails calls call units unit floors floor cars car parking spots spot places
    lockers locker pets cats dogs more less other others of or and to the in on at for from with per percent pct
    off firm sold leased asking list listed net gross psf nnn tmi plus over under above below times time first
    last next k mil million thousand hundred grand dollars bucks cad usd price priced mls orea form forms lb lbs
    oz bidders bids open closing closings deal deals business biz working calendar consecutive banking monday
    tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun january
    february march april may june july august september october november december jan feb mar apr jun jul aug
    sep sept oct nov dec today tomorrow tmrw tonight noon minutes' days' weeks' months' vegan veggie words word
    items item things thing questions question reasons options option rooms room windows doors chairs tables
    desks shelves laptops bottles lunches pizzas coffees seats tickets attendees closed sales sale leases lease
    rentals rental homes home houses house condos condo towns properties property doors stars star wins years'
    people's of initials signatures signature amendments amendment conditions condition deposits deposit cheques
    cheque checks check certs draft drafts versions version templates template reports report documents document
    docs doc files file folders training sessions session meetings meeting slots slot am-pm is was are will has
    have had be been if it its that this these those then than so but not no yes please pls plz thanks thx asap
    eod and/or & + re via about around until till before after since between during w/ w b4 both all each every
    any some only just now still also too instead bank bidding wars war weekends weekend mornings nights night
    quarter quarters half thirds third tenths lines line's users janvier fevrier mars avril mai juin juillet
    aout septembre octobre novembre decembre enero febrero marzo abril mayo junio julio agosto septiembre
    octubre noviembre diciembre lundi mardi mercredi jeudi vendredi samedi dimanche lunes martes miercoles
    jueves viernes sabado domingo boxes' ppl kg gb mb tb app apps ads ad posts post videos video reels reel
    stories links link mois ans jours heures dias semanas horas meses personas chambres pieces habitaciones
    recamaras banos cuartos cles mail mails text texts msgs message messages signed unsigned missing extra spare
    different separate identical hour-long days-old way-in fl flr bsmt st. nd rd th balloons gifts baskets
    basket bags bag mugs pens stamps labels envelopes binders reams cases case cartridges toner screens monitors
    cables chargers batteries bulbs cans gallons months-long realtors realtor staff admins managers brokers
    broker licence license professional tax taxes rooms' hst gst sets tours tour visits visit viewings viewing
    inspections inspection
""")
# Words with a capital that end a street name: the message goes on here.
TRADE_WORDS = word_set("""
    mls new sale sold lease leased rent rental rented listing list firm conditional closing closes closed deal
    deals buyer buyers seller sellers tenant tenants landlord ll aps otl loi lb photos photo sign signs staging
    video price asking mls# please pls need needs can could would is was are has have had will and or for from
    with at on in by to re relist relisted oh coe hydro keys key paperwork file deposit offer offers accepted
    status cert marketing agenda just coming exclusive now going live tour virtual open house monday tuesday
    wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun jan feb mar apr may
    jun jul aug sep sept oct nov dec january february april june july august september october november december
    today tomorrow tmrw asap eod we our my your his her their the these it its i he she they when where who what
    how also then but not no yes thanks thx hi hello hey done update congrats fyi as per so still back mutual
    release pre precon assignment commission invoice trade record fintrac orea form forms team sf semi detached
    condo town townhouse bungalow loft sqft beds baths bed bath br gone got get put add book order send call ask
    move moving possession occupancy elevator confirm request requests showing showings lockbox feature sheet
    floor plan plans draft review copy vs ready set up out off over under until till after before since because
    if while that this there here
""")
PLAIN_FLOOR = word_set("upper lower bsmt basement bsmnt rear")
CITIES = _names("""
    ajax | alameda | albany | alliston | ancaster | aurora | barrie | berkeley | blue mountains | bolton |
    bowmanville | bracebridge | bradford | brampton | brantford | burlingame | burlington | caledon | calgary |
    cambridge | clarington | cobourg | collingwood | concord | daly city | dublin | dundas | east york |
    edmonton | el cerrito | elora | emeryville | erin | etobicoke | fergus | fort erie | fremont | georgetown |
    georgina | gravenhurst | grimsby | guelph | halifax | halton hills | hamilton | hayward | huntsville |
    innisfil | keswick | king city | kingston | kitchener | kleinburg | lafayette | laval | leaside | london |
    los angeles | maple | markham | menlo park | mill valley | milton | mississauga | mono | montreal | moraga |
    mountain view | muskoka | newmarket | niagara falls | niagara-on-the-lake | nobleton | north york | oakland
    | oakville | orangeville | orillia | orinda | oshawa | ottawa | palo alto | peterborough | pickering |
    piedmont | pleasanton | port colborne | port credit | port hope | port perry | quebec | redwood city |
    richmond | richmond hill | s.f. | san francisco | san jose | san leandro | san mateo | san rafael |
    sausalito | scarborough | schomberg | sf | south san francisco | st catharines | stoney creek | stouffville
    | stratford | sudbury | sunnyvale | sutton | thornhill | toronto | tottenham | unionville | uxbridge |
    vancouver | vaughan | walnut creek | wasaga beach | waterdown | waterloo | welland | whitby | windsor |
    winnipeg | woodbridge | york
""")
LONGEST_CITY = 3  # words in a name
