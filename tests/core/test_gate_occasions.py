"""What else people are invited to, who invites whom, and the oddly worded invitations that are meant all the same."""

import pytest

from agent.core.meaning import signals
from agent.core.model import Reading
from agent.core.people import linking
from tests.core.post import DANA, letter

DANA_ADDRESS = "Dana Kim <dana.kim@gmail.example>"
Mail = tuple[str, str, str]  # sender ("me" for the user), subject, text


def _conversation(mails: tuple[Mail, ...]) -> tuple[Reading, ...]:
    partner = next(m[0] for m in mails if m[0] != "me")
    made = []
    for i, (sender, subject, text) in enumerate(mails):
        mine = sender == "me"
        message = letter(
            f"m{i}", "t", DANA_ADDRESS if mine else sender, subject, text, to=partner if mine else DANA_ADDRESS, day=i,
            labels=["SENT"] if mine else ["INBOX"],
        ).message  # fmt: skip
        made.append(signals.read(message, DANA, zone="America/New_York"))
    return tuple(made)


def _qualifies(*mails: Mail) -> bool:
    return bool(linking.candidacies(_conversation(mails), (), DANA, {}))


RECEIPTS: dict[str, tuple[Mail, ...]] = {
    "conditional": (("Teal Hospitality <noreply@tealhospitality.example>", "We got it", "Your application for Night Auditor has arrived. Should the manager wish to interview you, she will phone within ten days."),),
    "third person": (("Parish Office <office@stbrendan.example>", "Your letter", "Thank you for your letter about the Sexton position. The wardens meet on Sunday and will decide whom they would like to interview."),),
    "only those": (("Colton Freight <apply@coltonfreight.example>", "Application received", "Thank you for your application as Route Planner. We will only invite applicants who pass the driving record check for an interview."),),
    "know anyone": (("Ida Berg <ida@kestrelsearch.example>", "A favour", "Hi Dana, I'm looking for a Plant Manager in Toledo. Do you know someone who would like to meet my client? There's a referral bonus."),),
    "de": (("Personalabteilung <personal@rheinguss.example>", "Ihre Bewerbung", "Vielen Dank für Ihre Bewerbung als Schlosser. Sofern Ihr Profil passt, laden wir Sie zu einem Vorstellungsgespräch ein."),),
    "de decides": (("Amt <bewerbung@stadtbruch.example>", "Eingang Ihrer Bewerbung", "Ihre Bewerbung als Bibliothekar ist eingegangen. Bewerber, die in die engere Wahl kommen, werden zum Vorstellungsgespräch eingeladen."),),
    "fr": (("Ne pas répondre <ne-pas-repondre@boulonnerie.example>", "Candidature reçue", "Votre candidature au poste de soudeur a bien été transmise. Si le responsable souhaite vous rencontrer en entretien, il vous appellera."),),
    "es": (("Empleo <noresponder@frutasvega.example>", "Inscripción recibida", "Hemos recibido tu candidatura al puesto de mozo de almacén. Solo se invitará a una entrevista a quienes superen la prueba."),),
}  # fmt: skip

OCCASIONS: dict[str, tuple[Mail, ...]] = {
    "programme": (("Westbrook CC <nursing@westbrookcc.example>", "Interview time", "Your panel interview for the spring dental hygiene cohort is on Tuesday, March 3 at 10 AM. Admission decisions are mailed in April; tuition is due in May."),),
    "school": (("Admissions <admissions@oaktreeschool.example>", "Interview for Leo", "Dear Kim family, the next step is a family interview. Could you come Thursday at 9:30?"), ("me", "Re: Interview for Leo", "Thursday at 9:30 works for us.")),
    "board": (("Office <office@ridgecondo.example>", "Interview, 7B", "The condo board will interview you on Tuesday at 7 pm by Zoom. All adult occupants must attend."), ("me", "Re: Interview, 7B", "Tuesday at 7 works.")),
    "show": (("Mel <mel@sunrisechannel.example>", "Pre-interview", "Before we put you on air, our segment producer does a short pre-interview. Tomorrow at 10?"), ("me", "Re: Pre-interview", "10 is fine.")),
    "study": (("Dr. Poe <poe@nighthealth.example>", "Study participation", "Thank you for consenting to the study. The interview takes an hour; I can offer Tuesday or Thursday at 2. You get a $40 gift card."), ("me", "Re: Study participation", "Thursday at 2 please.")),
    "insurance": (("Underwriting <teleinterview@pinemutual.example>", "Your phone interview (policy 881207)", "To continue your application we need a telephone interview about your health history. Call us or book online."),),
    "ticket": (("Tickets <orders@ticketbarn.example>", "Your ticket: Tri-County Career Expo", "You're going! Thursday, April 16 at 10 AM. On-site interviews at selected booths. Order total: free."),),
    "gym": (("Ironside <hello@ironside.example>", "Your intro session", "You're booked with Jo on Monday at 6 pm. She'll interview you about your goals. Your trial ends in 7 days."), ("me", "Re: Your intro session", "Great, see you Monday.")),
    "volunteer": (("Line <training@nightline.example>", "Your screening conversation", "Thank you for wanting to volunteer. I put our screening interview on Thursday at 7 pm."), ("me", "Re: Your screening conversation", "Confirmed, thank you.")),
    "referee": (("HR <hr@ostermill.example>", "Reference for Ms Tran", "Ms Tran interviewed with us for the Buyer position and named you as a reference. May I call you tomorrow at 3?"), ("me", "Re: Reference for Ms Tran", "Tomorrow at 3 works.")),
    "de seminar": (("IHK <veranstaltungen@kammer-nord.example>", "Anmeldebestätigung: Erfolgreich im Vorstellungsgespräch", "Hiermit bestätigen wir Ihre Anmeldung am Donnerstag, 23. April, 17:30 Uhr."),),
    "de garten": (("Vorstand <post@kleingarten-suedhang.example>", "Ihre Bewerbung um einen Garten", "Liebe Familie Kim, bitte kommen Sie am Sonntag um 10 Uhr zum persönlichen Gespräch."),),
    "de referenz": (("Frau Lenz <lenz@hafenbau.example>", "Referenz", "Herr Yildiz hat sich bei uns vorgestellt und Sie als Referenz angegeben. Darf ich Sie am Freitag um 10 Uhr anrufen?"), ("me", "Re: Referenz", "Freitag um 10 passt.")),
    "fr crèche": (("Crèche <direction@lespetitspas.example>", "Entretien d'admission", "Chère famille, nous vous proposons un entretien d'admission mardi à 9 h. Cela vous convient-il ?"), ("me", "Re: Entretien d'admission", "Mardi 9 h nous convient.")),
    "es colegio": (("Colegio <info@colegioalba.example>", "Entrevista de admisión", "Estimada familia: les citamos a una entrevista de admisión el jueves a las 9:30."), ("me", "Re: Entrevista de admisión", "El jueves nos va bien, gracias.")),
}  # fmt: skip

THE_USER_HIRES: dict[str, tuple[Mail, ...]] = {
    "babysitter": (("me", "Babysitting", "Hi Joy, we loved your profile! Could you come by on Sunday at 10 for an interview? We pay $24/h."), ("Joy <joy.p@mailbox.example>", "Re: Babysitting", "Yes, Sunday at 10 is perfect! Should I bring my references?")),
    "still interested": (("Lou Marsh <lou@mailbox.example>", "Thank you - Shift Lead interview", "Thank you for taking the time to meet with me. I am very interested in the position and look forward to hearing from you by Friday."),),
    "booked with the host": (("Calendly <notifications@calendly.com>", "New Event: Ana Roe - Interview with Dana Kim", "A new event has been scheduled. Event Type: Coordinator interview. Invitee: Ana Roe. 5:00pm - Wednesday, April 22, 2026"),),
    "de beisitz": (("Kuno <kuno@rheinlager.example>", "Vorstellungsgespräch Staplerfahrer", "Dana, am Dienstag um 14 Uhr kommt Herr Brandt zum Vorstellungsgespräch. Bitte sei dabei und stell die Fachfragen."),),
    "de danke": (("Ella Roth <ella@mailbox.example>", "Dank für das Gespräch", "Sehr geehrte Frau Kim, danke, dass Sie mich gestern zum Vorstellungsgespräch empfangen haben. Ich bin weiterhin sehr an der Stelle interessiert."),),
    "fr": (("Nina <nina@mailbox.example>", "Re: Entretien nounou", "Bonjour, merci de m'avoir reçue hier pour l'entretien. Dois-je apporter mes références jeudi à 10 h ?"),),
    "es": (("Lucía <lucia@mailbox.example>", "Entrevista niñera", "Hola, soy Lucía, la niñera. Me viene bien la entrevista el jueves a las 18 h. ¿Llevo mis referencias?"),),
}  # fmt: skip

FRIENDS: dict[str, tuple[Mail, ...]] = {
    "her offer": (("Pia <pia@mailbox.example>", "!!!", "After four interviews I got the job! Drinks on Saturday?"), ("me", "Re: !!!", "Congratulations!!! Saturday yes.")),
    "a joke": (("Sam <sam@mailbox.example>", "thursday?", "Was that a date or an interview? Second round Thursday 7.30?"), ("me", "Re: thursday?", "Thursday 7.30 it is.")),
    "grandmother": (("Oma <inge@mailbox.example>", "Dein Gespräch", "Wie war dein Vorstellungsgespräch am Dienstag? Deine Oma"),),
    "mon entretien": (("Léa <lea@mailbox.example>", "ouf", "J'ai décroché le poste après l'entretien de mardi ! Un verre vendredi à 19 h ?"), ("me", "Re: ouf", "Félicitations ! Vendredi 19 h.")),
    "mi entrevista": (("Pau <pau@mailbox.example>", "nervios", "Mi entrevista es el martes a las 10. ¿Un café antes?"), ("me", "Re: nervios", "¡Mucha suerte! Sí, a las 9.")),
}  # fmt: skip

REFUSED: tuple[Mail, ...] = (
    ("Ty <ty@swiftresources.example>", "Interview tomorrow?", "My client wants to interview you tomorrow at 11 or 3 for a dispatcher contract."),
    ("me", "Re: Interview tomorrow?", "I never applied to anything with you and I'm not interested. Please delete my data."),
)  # fmt: skip

MEANT: dict[str, tuple[Mail, ...]] = {
    "admissions officer": (("Registrar <registrar@northcollege.example>", "Admissions Officer - interview", "Thank you for your application for Admissions Officer. The admissions committee invites you to an interview on Tuesday, March 3 at 10 AM."),),
    "producer": (("Mel <mel@sunrisechannel.example>", "Segment Producer interview", "We'd like to interview you for the Segment Producer position on Thursday at 10. Does that work?"),),
    "met at a fair": (("Ola <ola@brightmills.example>", "CNC Operator", "Good meeting you at the job fair! We'd like to interview you for the CNC Operator position on Thursday at 10."),),
    "if that suits": (("Gwen <gwen@tidewater.example>", "Deckhand", "Thanks for your application for the Deckhand position. We would like to invite you to an interview. If you are available next week, please send me some times."),),
    "references asked": (("HR <hr@ostermill.example>", "Buyer interview", "We'd like to interview you for the Buyer position on Monday at 2. Please bring the names of two people we may ask for a reference."),),
    "technical questions": (("Roy <roy@gearhollow.example>", "Mechanic interview", "Your interview for the Mechanic position is on Tuesday at 9. Priya will ask the technical questions. Should you need parking, tell me."),),
    "how did it go": (
        ("Ed <ed@placewell.example>", "Interview for Paralegal at Finch", "Finch would like to interview you for the Paralegal position on Monday at 10. Does that suit?"),
        ("me", "Re: Interview for Paralegal at Finch", "Monday at 10 works for me, thank you."),
        ("Ed <ed@placewell.example>", "Re: Interview for Paralegal at Finch", "Hi Dana, how did the interview go?"),
    ),
    "luck wished": (
        ("Una <una@hillfarm.example>", "Shepherd", "Saw your application for the shepherd job. Come up Monday at 10 for an interview?"),
        ("me", "Re: Shepherd", "Monday at 10 works. Good luck with the lambing!"),
    ),
    "saw the advert": (
        ("me", "Gardener", "I saw your ad and I am looking for a gardener position. I could come by for an interview any day."),
        ("Rob <rob@meadowhall.example>", "Re: Gardener", "Hello Dana, yes, come Tuesday at 9 for an interview."),
    ),
    "donors": (
        ("Odile <odile@eauvive.example>", "Chargée de projet", "Merci pour votre candidature au poste de chargée de projet. Pouvez-vous venir en entretien mardi à 10 h ?"),
        ("me", "Re: Chargée de projet", "Mardi 10 h me convient."),
        ("Odile <odile@eauvive.example>", "Re: Chargée de projet", "Parfait. Nous avons dû voir notre bailleur ; la commission d'admission des projets aussi. À mardi !"),
    ),
    "de kamera": (("Frau Lenz <lenz@hafenbau.example>", "Ihre Bewerbung als Bauzeichnerin", "Vielen Dank für Ihre Bewerbung. Wir laden Sie zum Vorstellungsgespräch am Freitag um 10 Uhr ein, bitte mit Kamera. Bringen Sie die Sendung mit."),),
    "de zeit": (("Jan Voss <jan@kontor.example>", "Zweites Gespräch Sachbearbeiter", "Danke, dass Sie sich die Zeit für uns genommen haben. Wir möchten Sie zu einem zweiten Gespräch für die Stelle als Sachbearbeiter am Montag um 9 Uhr einladen."),),
    "fr antenne": (("RH <rh@aidealpes.example>", "Entretien Conseiller", "Nous vous proposons un entretien pour le poste de conseiller mardi à 14 h dans notre antenne de Gap."),),
    "es sala": (("RRHH <rrhh@hotelsol.example>", "Entrevista Recepcionista", "Le citamos a una entrevista para el puesto de recepcionista el jueves a las 10. ¿Puede estar usted a esa hora?"),),
    "sought": (
        ("Vera <vera@pumpwerk.example>", "Suchen Verstärkung", "Wir suchen einen Anlagenführer. Hätten Sie am Mittwoch um 15 Uhr Zeit, sich das anzusehen?"),
        ("me", "Re: Suchen Verstärkung", "Mittwoch um 15 Uhr passt mir gut."),
    ),
    "cherchons": (
        ("Paul <paul@bistrotlune.example>", "Serveur", "Nous cherchons un serveur pour la saison. Tu peux passer jeudi à 15 h ?"),
        ("me", "Re: Serveur", "Oui, jeudi 15 h me convient parfaitement."),
    ),
    "buscamos": (
        ("Inés <ines@tallermar.example>", "Soldador", "Buscamos un soldador para el taller. ¿Podrías venir el martes a las 9?"),
        ("me", "Re: Soldador", "Sí, el martes a las 9 me viene bien."),
    ),
    "withdrew after applying": (
        ("Ann <ann@larkfoods.example>", "Line Lead interview", "Thank you for your application. We'd like to interview you for the Line Lead position on Friday at 9."),
        ("me", "Re: Line Lead interview", "Thank you, but I am no longer interested and withdraw my application."),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RECEIPTS)
def test_it_takes_a_courtesy_for_no_invitation(name: str) -> None:
    assert not _qualifies(*RECEIPTS[name])


@pytest.mark.parametrize("name", OCCASIONS)
def test_it_tells_other_occasions_from_an_interview(name: str) -> None:
    assert not _qualifies(*OCCASIONS[name])


@pytest.mark.parametrize("name", THE_USER_HIRES)
def test_it_knows_when_the_user_is_the_one_who_hires(name: str) -> None:
    assert not _qualifies(*THE_USER_HIRES[name])


@pytest.mark.parametrize("name", FRIENDS)
def test_it_leaves_friends_alone(name: str) -> None:
    assert not _qualifies(*FRIENDS[name])


def test_it_takes_what_the_user_refused_for_no_candidacy() -> None:
    assert not _qualifies(*REFUSED)


@pytest.mark.parametrize("name", MEANT)
def test_it_still_finds(name: str) -> None:
    assert _qualifies(*MEANT[name])
