"""The standard Django Tasks interface over this queue, for code that brings its own `@task` functions."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task as DjangoTask
from django_tasks.base import TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

from hatir.foundation.jobs.models import CANCELLED, DONE, FAILED, RUNNING, WAITING, Job
from hatir.foundation.jobs.tasks import run_django_task
from hatir.kit.ids import decode_id

_STATUS = {
    WAITING: TaskResultStatus.READY,
    RUNNING: TaskResultStatus.RUNNING,
    DONE: TaskResultStatus.SUCCESSFUL,
    FAILED: TaskResultStatus.FAILED,
    CANCELLED: TaskResultStatus.FAILED,
}


class LeaseQueueBackend(BaseTaskBackend):
    """Stores django-tasks in the lease queue; each runs as one atomic job."""

    supports_defer = True
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: DjangoTask[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Put the call into the queue."""
        self.validate_task(task)
        declared = run_django_task.using(run_after=task.run_after, priority=task.priority)
        job = declared.enqueue(path=task.module_path, args=list(args), kwargs=dict(kwargs))
        return self._result(job, task)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Find a call by its id. Raises TaskResultDoesNotExist."""
        try:
            job = Job.objects.filter(key=run_django_task.key).get(pk=decode_id(result_id))
        except (ValueError, Job.DoesNotExist):
            raise TaskResultDoesNotExist(result_id) from None
        return self._result(job, import_string(job.kwargs["path"]))

    def _result(self, job: Job, task: DjangoTask[Any, Any]) -> TaskResult[Any]:
        told = job.trace or job.error
        errors = [TaskError(exception_class_path="builtins.Exception", traceback=told)] if told else []
        result: TaskResult[Any] = TaskResult(
            task=task,
            id=job.public_id,
            status=_STATUS[job.state],
            enqueued_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            last_attempted_at=job.started_at,
            args=job.kwargs["args"],
            kwargs=job.kwargs["kwargs"],
            backend=self.alias,
            errors=errors,
            worker_ids=[job.worker] * job.attempts,
        )
        object.__setattr__(result, "_return_value", job.result)  # frozen by django-tasks, filled as its own backends do
        return result
