from django.contrib.auth.decorators import login_required
from django.db import connection
from django.shortcuts import render

FIFTY_TASKS = """
SELECT a.task_id, a.name, a.status, a.priority, a.task_category, a.due_date, l.address_string, r.name, s.name
FROM public.activities a
JOIN public.listings l ON l.listing_id = a.listing_id
LEFT JOIN public.realtors r ON r.realtor_id = l.realtor_id
LEFT JOIN public.staff s ON s.staff_id = a.assigned_staff_id
WHERE a.deleted_at IS NULL AND a.status = 'OPEN' AND a.assigned_staff_id IS NULL
ORDER BY a.due_date, a.priority DESC, a.task_id
LIMIT 50
"""
COLUMNS = ("id", "name", "status", "priority", "category", "due", "address", "realtor", "owner")


@login_required
def tasks(request):
    with connection.cursor() as cursor:
        cursor.execute(FIFTY_TASKS)
        rows = [dict(zip(COLUMNS, record, strict=True)) for record in cursor.fetchall()]
    return render(request, "tasks.html", {"rows": rows})
