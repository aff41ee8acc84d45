"""What the survey page says, in the languages that it speaks."""

from common.values import value

LANGUAGES = ("es", "en")


@value
class Choice:
    """Something to choose, and how it is said."""

    code: str
    says: str


@value
class Message:
    """A page that asks nothing."""

    title: str
    text: str


@value
class Texts:
    """All that the page says in one language; ``ends`` of a scale and ``words`` of its scores explain the numbers.

    ``asks`` names the company, ``began`` the service and the day: by them a customer knows their case again.
    """

    language: str
    title: str
    asks: str
    began: str
    months: tuple[str, ...]
    about: str
    question: dict[str, str]
    ends: dict[str, tuple[str, str]]
    words: dict[str, tuple[str, ...]]
    reasons: tuple[Choice, ...]
    reason_question: str
    comment_question: str
    comment_note: str
    send: str
    score_missing: str
    other_language: str
    messages: dict[str, Message]


SPANISH = Texts(
    language="es",
    title="¿Cómo le ha ido con su caso?",
    asks="{company} le pregunta por su caso",
    began="{service}, abierto el {day} de {month} de {year}",
    months=(
        *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
        *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    about="Su caso solo se cierra cuando usted está conforme. Si no lo está, seguimos trabajando en él.",
    question={
        "csat": "¿Está conforme con la solución?",
        "nps": "¿Nos recomendaría a otras personas?",
        "ces": "¿Fue fácil para usted?",
        "thumb": "¿Quedó resuelto?",
        "sentiment": "¿Cómo se siente ahora?",
    },
    ends={
        "nps": ("nunca", "sin duda"),
        "ces": ("muy difícil", "muy fácil"),
        "sentiment": ("muy mal", "muy bien"),
    },
    words={
        "csat": ("Nada conforme", "Poco conforme", "Ni sí ni no", "Conforme", "Muy conforme"),
        "thumb": ("No", "Sí"),
    },
    reasons=(
        Choice(code="not-solved", says="No se resolvió"),
        Choice(code="took-too-long", says="Tardó demasiado"),
        Choice(code="treatment", says="El trato"),
        Choice(code="information", says="La información"),
        Choice(code="effort", says="Me costó mucho esfuerzo"),
        Choice(code="other", says="Otra cosa"),
    ),
    reason_question="Si algo no fue bien, ¿qué pesó más? (opcional)",
    comment_question="¿Quiere contarnos algo más? (opcional)",
    comment_note="Lo que escriba se guarda cifrado y solo lo lee quien atiende su caso.",
    send="Enviar mi respuesta",
    score_missing="Elija por favor una respuesta.",
    other_language="English",
    messages={
        "thanks-positive": Message(
            title="¡Gracias!",
            text="Nos alegra que esté conforme. Su caso queda cerrado. Si vuelve a necesitarnos, aquí estamos.",
        ),
        "thanks-neutral": Message(
            title="Gracias por su respuesta", text="Su caso sigue abierto. Una persona se pondrá en contacto con usted."
        ),
        "thanks-negative": Message(
            title="Gracias por decírnoslo",
            text="Su caso sigue abierto. Vamos a corregir lo que falló y le volveremos a preguntar.",
        ),
        "answered": Message(title="Ya tenemos su respuesta", text="Esta pregunta ya fue contestada. Gracias."),
        "expired": Message(
            title="Este enlace ha caducado",
            text="Su caso sigue abierto. Llámenos o escríbanos, y le preguntaremos de nuevo.",
        ),
        "earlier": Message(
            title="Su caso siguió adelante",
            text="Este enlace es de una vuelta anterior de su caso. Cuando haya una nueva solución le preguntaremos.",
        ),
        "superseded": Message(
            title="Le hemos enviado un enlace más reciente",
            text="Este enlace ya no vale. Responda, por favor, con el último que le enviamos.",
        ),
        "with-another": Message(
            title="Atendemos este caso junto con otro suyo",
            text="Le preguntaremos una sola vez, por los dos. No tiene que hacer nada.",
        ),
        "invalid": Message(
            title="Este enlace no es válido", text="Compruebe que lo ha copiado entero, o escríbanos y le ayudamos."
        ),
        "later": Message(
            title="Ahora mismo no podemos atenderle",
            text="Su enlace sigue siendo válido. Vuelva a probar dentro de un momento, por favor.",
        ),
        "busy": Message(title="Un momento, por favor", text="Hubo demasiados intentos. Vuelva a probar en un minuto."),
    },
)

ENGLISH = Texts(
    language="en",
    title="How did it go with your case?",
    asks="{company} asks about your case",
    began="{service}, opened on {day} {month} {year}",
    months=(
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    about="Your case is closed only when you are satisfied. If you are not, we go on working on it.",
    question={
        "csat": "Are you satisfied with the solution?",
        "nps": "Would you recommend us to others?",
        "ces": "Was it easy for you?",
        "thumb": "Is it solved?",
        "sentiment": "How do you feel now?",
    },
    ends={
        "nps": ("never", "certainly"),
        "ces": ("very difficult", "very easy"),
        "sentiment": ("very bad", "very good"),
    },
    words={
        "csat": ("Not at all satisfied", "Not satisfied", "Neither", "Satisfied", "Very satisfied"),
        "thumb": ("No", "Yes"),
    },
    reasons=(
        Choice(code="not-solved", says="It was not solved"),
        Choice(code="took-too-long", says="It took too long"),
        Choice(code="treatment", says="How I was treated"),
        Choice(code="information", says="The information I got"),
        Choice(code="effort", says="It cost me much effort"),
        Choice(code="other", says="Something else"),
    ),
    reason_question="If something went wrong, what mattered most? (optional)",
    comment_question="Is there anything else you want to tell us? (optional)",
    comment_note="What you write is kept encrypted, and only those who attend to your case read it.",
    send="Send my answer",
    score_missing="Please choose an answer.",
    other_language="Español",
    messages={
        "thanks-positive": Message(
            title="Thank you!",
            text="We are glad that you are satisfied. Your case is closed; come back whenever you need.",
        ),
        "thanks-neutral": Message(
            title="Thank you for your answer", text="Your case stays open. A person will get in touch with you."
        ),
        "thanks-negative": Message(
            title="Thank you for telling us",
            text="Your case stays open. We will put right what went wrong, and ask you again.",
        ),
        "answered": Message(title="We have your answer", text="This question was answered already. Thank you."),
        "expired": Message(
            title="This link has run out", text="Your case stays open. Call or write to us, and we will ask you again."
        ),
        "earlier": Message(
            title="Your case has moved on",
            text="This link is of an earlier round of your case. We will ask you when there is a new solution.",
        ),
        "superseded": Message(
            title="We have sent you a newer link",
            text="This link is no longer good. Please answer with the last one that we sent you.",
        ),
        "with-another": Message(
            title="We attend to this case together with another of yours",
            text="We will ask you once, about both. You need not do anything.",
        ),
        "invalid": Message(
            title="This link is not valid", text="Check that you copied all of it, or write to us and we will help."
        ),
        "later": Message(
            title="We cannot be reached at this moment",
            text="Your link is still good. Please try again in a moment.",
        ),
        "busy": Message(title="One moment, please", text="There were too many attempts. Please try again in a minute."),
    },
)


def texts_of(language: str) -> Texts:
    """Return the texts in *language* (a code such as ``es-MX``), in English for languages that it does not speak."""
    return SPANISH if language.lower().split("-")[0].split("_")[0] == "es" else ENGLISH
