"""PyPI dicom2fhir on all rows. It makes Patient, Device and Observations too, of one study."""
import asyncio
import json
import logging

from dicom2fhir.dicom2fhir import from_generator
from timed import timed

logging.disable(logging.CRITICAL)
CONFIG = {"dicom_timezone": "UTC", "generator": {"imaging_study": {"add_instances": True}}}


async def bundle(text):
    async def rows():
        for row in json.loads(text):
            yield row

    return (await from_generator(rows(), config=dict(CONFIG))).model_dump_json()


timed(lambda text: asyncio.run(bundle(text)))
