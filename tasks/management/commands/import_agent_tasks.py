from common.management.import_command import ImportCommand
from tasks.imports import AgentTaskTable


class Command(ImportCommand):
    help = "Import agent tasks from a CSV file. A second import of the same file changes nothing."
    table = AgentTaskTable
