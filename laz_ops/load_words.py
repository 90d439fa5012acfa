"""The invented people, streets and kinds of work of `fill_load`."""

from tasks.models import TaskKey

FIRST_NAMES = (  # noqa: SIM905 - fifty strings in quotes are no easier to read
    "Amélie Anouk Aoife Beatriz Björn Camille Chidi Chloé Dmitri Eleni Émile Fatima François Gaël Hana Inés Ingrid "
    "Ivana Jürgen Kwame Léa Lin Łukasz Magdalena Mateo Mei Miloš Nadia Niamh Noor Olu Päivi Priya Rafael Renée Rohan "
    "Sanna Sinéad Sofía Søren Tariq Thaïs Uma Valérie Wei Ximena Yusuf Zoë Zdeněk Żaneta"
).split()
LAST_NAMES = (  # noqa: SIM905
    "Abernathy Ångström Bélanger Castañeda Chaudhry Côté D’Angelo Dvořák Eriksson Fernandes Fitzgerald Gagné García "
    "Håkansson Hernández Ibrahim Iyer Jankowski Jónsdóttir Kaur Kowalczyk Lévesque Lindqvist MacLeod Marović Mbeki "
    "Müller Nakamura Nguyễn O’Connell Okonkwo Öztürk Paquette Pérez Popović Quesnel Ramírez Rostami Şahin Škoda "
    "Søgaard Tanaka Tremblay Ündüz Vásquez Villeneuve Wójcik Xu Yılmaz Zielińska"
).split()
STREETS = (  # noqa: SIM905
    "Adelaide St W;Annette St;Bathurst St;Bayview Ave;Beech Ave;Bloor St W;Broadview Ave;Brunswick Ave;Carlaw Ave;"
    "Castlefield Ave;Coxwell Ave;Danforth Ave;Davenport Rd;Dovercourt Rd;Dufferin St;Dundas St W;Eglinton Ave E;"
    "Euclid Ave;Gerrard St E;Gladstone Ave;Harbord St;High Park Ave;Indian Rd;Jarvis St;Keele St;King St W;"
    "Kingston Rd;Lansdowne Ave;Logan Ave;Markham St;Montrose Ave;Mount Pleasant Rd;Oakwood Ave;Ossington Ave;"
    "Palmerston Blvd;Pape Ave;Queen St E;Queens Quay W;Rhodes Ave;Roehampton Ave;Roncesvalles Ave;Rosedale Heights Dr;"
    "Runnymede Rd;Sherbourne St;Shaw St;Spadina Ave;St Clair Ave W;The Esplanade;Vaughan Rd;Yonge St"
).split(";")
TERRITORIES = ("Scarborough", "Etobicoke", "North York", "The Beaches", "Leslieville", "Mississauga", "Brampton")
BROKERAGES = ("La Paz Realty Toronto", "La Paz Realty Durham", "La Paz Realty Peel", None)
CHANNELS = ("C0LOADLIST", "C0LOADDEAL", "C0LOADMKTG", "C0LOADOPS")

# Each kind of work: its category, how it is called, and the groups that see it as often as they stand here.
WORK = (
    ("PHOTO", ("Take listing photos", "Book twilight photos", "Order drone pictures"), ("MARKETING", "BOTH", "BOTH")),
    ("MARKETING", ("Write the MLS text", "Print feature sheets", "Post to social media"), ("MARKETING", "BOTH")),
    ("STAGING", ("Book the stager", "Return staging furniture", "Measure rooms"), ("BOTH",)),
    ("INSPECTION", ("Book home inspection", "File the inspection report"), ("AGENT", "BOTH")),
    ("ADMIN", ("Upload to MLS", "Check listing agreement", "Order status certificate"), ("AGENT", "AGENT", "BOTH")),
    ("OTHER", ("Install lockbox", "Order yard sign", "Collect keys"), ("BOTH", "AGENT")),
)
REQUESTS = (
    (TaskKey.BUYER_DEAL, "Open buyer deal file"),
    (TaskKey.BUYER_DEAL_CLOSING_TASKS, "Prepare buyer closing"),
    (TaskKey.LEASE_TENANT_DEAL, "Process tenant offer to lease"),
    (TaskKey.LEASE_TENANT_DEAL_CLOSING_TASKS, "Tenant move in and invoice"),
    (TaskKey.PRECON_DEAL, "Register pre-construction deal"),
    (TaskKey.MUTUAL_RELEASE_STEPS, "Draw up mutual release"),
    (TaskKey.OPS_MISC_TASK, "Update agent website bio"),
)
CHATTER = ("thanks a lot!", "on my way", "great showing today :tada:", "lunch at the usual place?", "will do", "👍")
QUESTIONS = ("can somebody take care of the condo?", "is the sign up yet?", "any news about the offer?")
NOTES = ("Lockbox with concierge", "Vendor works from home, call first", "Dog in the yard", "Staging booked")
