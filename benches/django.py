#!/usr/bin/env python3
"""Times the four validators of Django's project template on the inputs of benches/benches/policy.rs.

Makes a virtual environment with Django in target/django-venv the first time. Prints one line a case: its name and the
microseconds of one check, the median of nine rounds.
"""

import os
import pathlib
import statistics
import subprocess
import sys
import time

DJANGO = "django==5.2.19"
VENV = pathlib.Path(__file__).resolve().parents[1] / "target/django-venv"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")

PASSWORDS = {
    "accepted_12": "plum-ketTle4",
    "accepted_21": "correct7horse-battery",
    "refused_3_errors": "1234567",
}
VALIDATORS = [
    "UserAttributeSimilarityValidator",
    "MinimumLengthValidator",
    "CommonPasswordValidator",
    "NumericPasswordValidator",
]
ROUNDS, CHECKS = 9, 2_000


class User:
    username = "emily.rose"
    first_name = "Emily"
    last_name = "Rosewater-Smith"
    email = "emily.rose@mail.example.com"


def within_the_environment():
    if not PYTHON.exists():
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
        subprocess.run([str(PYTHON), "-m", "pip", "install", "--quiet", DJANGO], check=True)
    # Isolated, so that this file is not taken for the package of the same name.
    return subprocess.run([str(PYTHON), "-I", __file__, "--inside"]).returncode


def measure():
    import django
    from django.conf import settings
    from django.contrib.auth import password_validation
    from django.core.exceptions import ValidationError

    module = "django.contrib.auth.password_validation."
    settings.configure(AUTH_PASSWORD_VALIDATORS=[{"NAME": module + name} for name in VALIDATORS])
    django.setup()

    def accepted(password):
        try:
            password_validation.validate_password(password, User)
        except ValidationError:
            return False
        return True

    for name, password in PASSWORDS.items():
        # The first call reads the list.
        assert accepted(password) == name.startswith("accepted"), name
        rounds = []
        for _ in range(ROUNDS):
            start = time.perf_counter()
            for _ in range(CHECKS):
                accepted(password)
            rounds.append((time.perf_counter() - start) / CHECKS)
        print(name, f"{statistics.median(rounds) * 1e6:.1f}")


if __name__ == "__main__":
    if sys.argv[1:] == ["--inside"]:
        measure()
    else:
        sys.exit(within_the_environment())
