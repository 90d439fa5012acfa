from common.management.import_command import ImportCommand
from staff.imports import StaffTable


class Command(ImportCommand):
    help = "Import staff from a CSV file. A second import of the same file changes nothing."
    table = StaffTable
