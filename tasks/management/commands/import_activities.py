from common.management.import_command import ImportCommand
from tasks.imports import ActivityTable


class Command(ImportCommand):
    help = "Import activities from a CSV file. A second import of the same file changes nothing."
    table = ActivityTable
