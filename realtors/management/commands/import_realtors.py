from common.management.import_command import ImportCommand
from realtors.imports import RealtorTable


class Command(ImportCommand):
    help = "Import realtors from a CSV file. A second import of the same file changes nothing."
    table = RealtorTable
