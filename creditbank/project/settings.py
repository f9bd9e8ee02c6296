"""Django's settings: constants of the house and the values that the surroundings gave."""

from creditbank.project import environment

ENVIRONMENT = environment.read()

DEBUG = False
SECRET_KEY = ENVIRONMENT.secret_key
ALLOWED_HOSTS = list(ENVIRONMENT.hosts)
ROOT_URLCONF = "creditbank.project.urls"
WSGI_APPLICATION = "creditbank.project.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "procrastinate.contrib.django",
    "creditbank.evidence",
    "creditbank.identity",
    "creditbank.organizations",
    "creditbank.framework",
    "creditbank.learners",
    "creditbank.catalogue",
    "creditbank.enrolments",
    "creditbank.archive",
    "creditbank.register",
    "creditbank.deposits",
    "creditbank.conversion",
    "creditbank.portal",
]

MIDDLEWARE = [
    "creditbank.entrance.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "creditbank.entrance.requests.RequestIdentity",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "creditbank.entrance.requests.Language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "creditbank.identity.backends.SessionUser",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "creditbank.entrance.actors.ActingPerson",
    "creditbank.entrance.programs.ActingProgram",
    "creditbank.entrance.texts.NoNul",
    "creditbank.entrance.patience.Patience",
    "creditbank.entrance.refusals.Refusals",
]

# Only Jinja2, and only our own folder: templates that a library ships are out of reach.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [environment.CHECKOUT / "creditbank" / "portal" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "creditbank.project.jinja.build",
            "context_processors": ["creditbank.portal.frame.frame"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

DATABASES = {
    "default": {
        "ENGINE": "creditbank.database",
        "NAME": ENVIRONMENT.database.name,
        "USER": ENVIRONMENT.database.user,
        "PASSWORD": ENVIRONMENT.database.password,
        "HOST": ENVIRONMENT.database.host,
        "PORT": ENVIRONMENT.database.port,
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,
        # A cursor may have its statement prepared (Django's own do not): a query for one learner is planned once.
        "OPTIONS": {"prepare_threshold": 5},
    }
}
# Beyond so many rows the cache forgets counters of failed sign-ins that still run: its usual 300 are soon typed full.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "identity_cache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [environment.CHECKOUT / "creditbank" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 300

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["creditbank.identity.backends.SignInName"]
# Numbers of other banks lead to accounts, which lie above the room that signs in.
SIGN_IN_ALIASES = "creditbank.entrance.aliases.own_number"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.ScryptPasswordHasher"]
ACCOUNT_ADAPTER = "creditbank.identity.adapters.SignInAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "login"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# A campus is one address, so the limits per address are wide.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "60/m/ip,5/15m/key"}
ACCOUNT_FORMS = {
    "login": "creditbank.identity.forms.SignInForm",
    "change_password": "creditbank.identity.forms.NewPasswordForm",
    "reauthenticate": "creditbank.identity.forms.PasswordAgainForm",
}
MFA_ADAPTER = "creditbank.identity.adapters.SecondFactorAdapter"
MFA_TOTP_ISSUER = ENVIRONMENT.bank_name_zh
MFA_TOTP_TOLERANCE = 1
MFA_FORMS = {
    "authenticate": "creditbank.identity.forms.CodeForm",
    "reauthenticate": "creditbank.identity.forms.CodeAgainForm",
    "activate_totp": "creditbank.identity.forms.FirstCodeForm",
}
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.proxies
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
SESSION_ENGINE = "creditbank.identity.backends"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENVIRONMENT.https
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.https else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
MESSAGE_STORAGE = "creditbank.entrance.notices.Notices"
CSRF_FAILURE_VIEW = "creditbank.portal.public.errors.csrf_failure"

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
# Nothing that somebody uploads lies on the disk in the clear, not even while the request is read.
FILE_UPLOAD_HANDLERS = [
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "creditbank.entrance.uploads.SealingHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
