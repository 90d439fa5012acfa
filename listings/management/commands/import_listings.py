from common.management.import_command import ImportCommand
from listings.imports import ListingTable


class Command(ImportCommand):
    help = "Import listings from a CSV file. A second import of the same file changes nothing."
    table = ListingTable
