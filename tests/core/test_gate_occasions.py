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
    "before an operation": (("County Hospital <outpatients@countyhospital.example>", "Pre-operative assessment interview", "Your telephone pre-operative assessment interview with Sister Hale is on Thursday 11 June at 9.20. Please have your list of medicines to hand."),),
    "fr avant l'opération": (("Clinique <rdv@cliniquedelarive.example>", "Entretien infirmier", "Votre entretien infirmier avant l'opération est prévu le mardi 10 mars à 14 h. Merci de confirmer."),),
    "diploma": (("Admissions <admissions@northconservatory.example>", "Audition & interview", "Your admissions audition and faculty interview for the Artist Diploma (Voice) are scheduled for Friday, April 24 at 10:40 am."),),
    "referee": (("HR <hr@ostermill.example>", "Reference for Ms Tran", "Ms Tran interviewed with us for the Buyer position and named you as a reference. May I call you tomorrow at 3?"), ("me", "Re: Reference for Ms Tran", "Tomorrow at 3 works.")),
    "de seminar": (("IHK <veranstaltungen@kammer-nord.example>", "Anmeldebestätigung: Erfolgreich im Vorstellungsgespräch", "Hiermit bestätigen wir Ihre Anmeldung am Donnerstag, 23. April, 17:30 Uhr."),),
    "de garten": (("Vorstand <post@kleingarten-suedhang.example>", "Ihre Bewerbung um einen Garten", "Liebe Familie Kim, bitte kommen Sie am Sonntag um 10 Uhr zum persönlichen Gespräch."),),
    "de referenz": (("Frau Lenz <lenz@hafenbau.example>", "Referenz", "Herr Yildiz hat sich bei uns vorgestellt und Sie als Referenz angegeben. Darf ich Sie am Freitag um 10 Uhr anrufen?"), ("me", "Re: Referenz", "Freitag um 10 passt.")),
    "fr crèche": (("Crèche <direction@lespetitspas.example>", "Entretien d'admission", "Chère famille, nous vous proposons un entretien d'admission mardi à 9 h. Cela vous convient-il ?"), ("me", "Re: Entretien d'admission", "Mardi 9 h nous convient.")),
    "es colegio": (("Colegio <info@colegioalba.example>", "Entrevista de admisión", "Estimada familia: les citamos a una entrevista de admisión el jueves a las 9:30."), ("me", "Re: Entrevista de admisión", "El jueves nos va bien, gracias.")),
    "mba": (("Admissions <mba@stanmore.example>", "Your MBA interview", "Congratulations, you have been selected to interview for the Class of 2028. Please book Tuesday 3 March at 10am."), ("me", "Re: Your MBA interview", "Tuesday at 10 works.")),
    "phd scholarship": (("Foundation <grants@leafund.example>", "Selection day", "We are pleased to invite you to an interview with the scholarship panel on 4 May at 11:00."), ("me", "Re: Selection day", "Thank you, 11:00 on 4 May suits me.")),
    "flatshare": (("Nico <nico@mailbox.example>", "Room", "Hi! We liked your message about the room. Could you come by Thursday at 7 to meet the other two housemates? kind of a casual interview haha"), ("me", "Re: Room", "Thursday at 7 works!")),
    "landlord": (("Green Lettings <hello@greenlettings.example>", "Application for 14 Elm", "Your application was received. The landlord would like to meet you on Friday at 5."), ("me", "Re: Application for 14 Elm", "Friday at 5 is fine.")),
    "newspaper": (("Ana Ruiz <aruiz@valleycourier.example>", "Quick interview about the bakery", "I write for the Courier and would love to interview you about the bakery's 50 years. Free Wednesday at 3?"), ("me", "Re: Quick interview", "Wednesday at 3 works.")),
    "podcast guest": (("Jo <jo@tinywins.example>", "You on Tiny Wins?", "Would you come on as a guest? We record Tuesdays at 4, the interview takes 40 minutes."), ("me", "Re: You on Tiny Wins?", "Tuesday at 4 is great.")),
    "ux": (("Mia <mia@budgetly.example>", "30 minutes for $60?", "We're talking to people who use Budgetly. Could you do a 30 minute interview Thursday at 2? You'd get $60."), ("me", "Re: 30 minutes", "Sure, Thursday at 2.")),
    "survey caller": (("Panel <panel@opinionhub.example>", "Telephone interview", "You have been selected for a telephone interview on household spending. Our interviewer will call Monday at 6 pm."),),
    "census": (("Field Office <field@census.example>", "Interview appointment", "A field representative will interview you on Monday at 5 pm about your household."),),
    "loan": (("Harbor CU <loans@harborcu.example>", "Your loan application", "Next step: a phone interview with a loan officer on Tuesday at 11."), ("me", "Re: Your loan application", "Tuesday at 11 is fine.")),
    "foster": (("County <foster@county.example>", "Home interview", "Your home interview is scheduled for Tuesday at 9 with the social worker assigned to your application."), ("me", "Re: Home interview", "See you Tuesday.")),
    "citizen": (("Service <noreply@immigration.example>", "Interview notice", "Your naturalization interview is scheduled on March 3 at 8:15 AM. Bring the passport."),),
    "jobfair": (("Expo <hello@tristatejobs.example>", "You're registered: Tri-State Job Fair", "See you Thursday, May 7 at 10 AM. Bring copies of your resume; employers interview on the spot."),),
    "webinar": (("Career Lab <events@careerlab.example>", "Confirmed: Ace the interview", "You're registered for our live session on Tuesday, May 5 at 6 PM. Join with this link."),),
    "mock": (("Career Center <careers@lakeview.example>", "Mock interview", "Your mock interview is on Tuesday at 2 with Kim."), ("me", "Re: Mock interview", "Thanks, see you Tuesday.")),
    "referee2": (("Ben Ott <bott@millworks.example>", "Reference", "Hi Dana, Kofi Mensah has applied for a role with us as Site Manager and gave your name. Do you have 10 minutes for a call tomorrow at 2?"), ("me", "Re: Reference", "2 tomorrow works.")),
    "informational": (("me", "Your path into planning", "I admire your work. Would you have 20 minutes for a chat about your career?"), ("Ola <ola@cityworks.example>", "Re: Your path into planning", "Happy to. Thursday at 4?"), ("me", "Re: Your path", "Thursday at 4 works, thank you.")),
    "sales": (("Kit <kit@saasify.example>", "15 min?", "I'd love to show you how our platform cuts interview scheduling in half. Free Tuesday at 2?"), ("me", "Re: 15 min?", "Tuesday at 2 works.")),
    "assessment": (("Assess <noreply@testhub.example>", "Complete your assessment", "As part of your application for Cashier, complete the assessment within 5 days. Only candidates who pass will be interviewed."),),
    "church": (("Pastor Lee <lee@gracechapel.example>", "Confirmation interview", "Before confirmation I interview each young person. Can Leo come Thursday at 4?"), ("me", "Re: Confirmation interview", "Thursday at 4 works.")),
    "de wg": (("Tim <tim@mailbox.example>", "WG-Casting", "Hey Dana, magst du am Donnerstag um 19 Uhr zum Kennenlernen vorbeikommen? Das Zimmer ist ab Mai frei."), ("me", "Re: WG-Casting", "Donnerstag 19 Uhr passt!")),
    "de zeitung": (("Redaktion <lokales@talbote.example>", "Interview", "Wir würden Sie gern für unsere Serie interviewen. Passt Mittwoch um 15 Uhr?"), ("me", "Re: Interview", "Mittwoch um 15 Uhr passt.")),
    "de stipendium": (("Stiftung <auswahl@lindenstiftung.example>", "Auswahlgespräch", "Wir laden Sie zum Auswahlgespräch für das Stipendium am 4. Mai um 11 Uhr ein."), ("me", "Re: Auswahlgespräch", "Vielen Dank, 11 Uhr passt.")),
    "fr coloc": (("Tom <tom@mailbox.example>", "Coloc", "Salut, tu peux passer jeudi à 19 h pour visiter la chambre et nous rencontrer ?"), ("me", "Re: Coloc", "Jeudi 19 h me convient.")),
    "fr presse": (("Jeanne <jeanne@lagazette.example>", "Interview", "Je prépare un portrait de votre atelier pour La Gazette. Un entretien mercredi à 15 h ?"), ("me", "Re: Interview", "Mercredi 15 h me convient.")),
    "es piso": (("Rubén <ruben@mailbox.example>", "Habitación", "¿Puedes venir el jueves a las 19 a ver la habitación y conocernos? Es como una entrevista, jaja"), ("me", "Re: Habitación", "El jueves a las 19 me viene bien.")),
    "es beca": (("Fundación <becas@fundacionalba.example>", "Entrevista beca", "Le citamos a la entrevista de la beca el 4 de mayo a las 11:00."), ("me", "Re: Entrevista beca", "Perfecto, gracias.")),
}  # fmt: skip

THE_USER_HIRES: dict[str, tuple[Mail, ...]] = {
    "babysitter": (("me", "Babysitting", "Hi Joy, we loved your profile! Could you come by on Sunday at 10 for an interview? We pay $24/h."), ("Joy <joy.p@mailbox.example>", "Re: Babysitting", "Yes, Sunday at 10 is perfect! Should I bring my references?")),
    "still interested": (("Lou Marsh <lou@mailbox.example>", "Thank you - Shift Lead interview", "Thank you for taking the time to meet with me. I am very interested in the position and look forward to hearing from you by Friday."),),
    "booked with the host": (("Calendly <notifications@calendly.com>", "New Event: Ana Roe - Interview with Dana Kim", "A new event has been scheduled. Event Type: Coordinator interview. Invitee: Ana Roe. 5:00pm - Wednesday, April 22, 2026"),),
    "de beisitz": (("Kuno <kuno@rheinlager.example>", "Vorstellungsgespräch Staplerfahrer", "Dana, am Dienstag um 14 Uhr kommt Herr Brandt zum Vorstellungsgespräch. Bitte sei dabei und stell die Fachfragen."),),
    "de danke": (("Ella Roth <ella@mailbox.example>", "Dank für das Gespräch", "Sehr geehrte Frau Kim, danke, dass Sie mich gestern zum Vorstellungsgespräch empfangen haben. Ich bin weiterhin sehr an der Stelle interessiert."),),
    "fr": (("Nina <nina@mailbox.example>", "Re: Entretien nounou", "Bonjour, merci de m'avoir reçue hier pour l'entretien. Dois-je apporter mes références jeudi à 10 h ?"),),
    "es": (("Lucía <lucia@mailbox.example>", "Entrevista niñera", "Hola, soy Lucía, la niñera. Me viene bien la entrevista el jueves a las 18 h. ¿Llevo mis referencias?"),),
    "contractor": (("me", "Kitchen remodel", "Hi, I'm interviewing contractors for our kitchen. Could you come Thursday at 4 for an estimate?"), ("Pete <pete@oakbuild.example>", "Re: Kitchen remodel", "Thursday at 4 works. Looking forward to the interview, ha.")),
    "dogsitter": (("me", "Dog sitting", "Hello, we need someone for Biscuit in June. Can we meet Sunday at 11 so we can interview you?"), ("Lia <lia@mailbox.example>", "Re: Dog sitting", "Sunday at 11 is good! I have references.")),
    "tutor": (("me", "Maths tutor for Leo", "Hi, we are hiring a tutor for our son. Are you free for a short interview on Tuesday at 5?"), ("Raj <raj@mailbox.example>", "Re: Maths tutor for Leo", "Yes, Tuesday at 5 works.")),
    "candidate applied to me": (("Zed <zed@mailbox.example>", "Application: Barista", "Dear Dana, please find my CV attached for the barista job. I am available for an interview any day."), ("me", "Re: Application: Barista", "Thanks! Could you come in Thursday at 3 for an interview?"), ("Zed <zed@mailbox.example>", "Re: Application: Barista", "Thursday at 3 is perfect, see you then.")),
    "de babysitter": (("me", "Babysitter gesucht", "Hallo Jule, wir suchen einen Babysitter. Kannst du am Sonntag um 10 Uhr zum Vorstellungsgespräch vorbeikommen?"), ("Jule <jule@mailbox.example>", "Re: Babysitter gesucht", "Ja, Sonntag um 10 Uhr passt mir gut!")),
    "fr nounou": (("me", "Garde de Léo", "Bonjour, nous cherchons une nounou. Pouvez-vous venir dimanche à 10 h pour un entretien ?"), ("Anne <anne@mailbox.example>", "Re: Garde de Léo", "Dimanche à 10 h, parfait.")),
}  # fmt: skip

FRIENDS: dict[str, tuple[Mail, ...]] = {
    "her offer": (("Pia <pia@mailbox.example>", "!!!", "After four interviews I got the job! Drinks on Saturday?"), ("me", "Re: !!!", "Congratulations!!! Saturday yes.")),
    "a joke": (("Sam <sam@mailbox.example>", "thursday?", "Was that a date or an interview? Second round Thursday 7.30?"), ("me", "Re: thursday?", "Thursday 7.30 it is.")),
    "grandmother": (("Oma <inge@mailbox.example>", "Dein Gespräch", "Wie war dein Vorstellungsgespräch am Dienstag? Deine Oma"),),
    "mon entretien": (("Léa <lea@mailbox.example>", "ouf", "J'ai décroché le poste après l'entretien de mardi ! Un verre vendredi à 19 h ?"), ("me", "Re: ouf", "Félicitations ! Vendredi 19 h.")),
    "mi entrevista": (("Pau <pau@mailbox.example>", "nervios", "Mi entrevista es el martes a las 10. ¿Un café antes?"), ("me", "Re: nervios", "¡Mucha suerte! Sí, a las 9.")),
    "friend advice": (("Kit <kit@mailbox.example>", "help", "I have an interview at Acme on Thursday at 2!! Can you call me Wednesday at 7 to practice?"), ("me", "Re: help", "Wednesday at 7 works. Good luck!")),
    "sister": (("Mira <mira@mailbox.example>", "Re: interview", "So when do you hear back? Lunch on Sunday at 1?"), ("me", "Re: interview", "They said Friday. Sunday at 1 works.")),
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
    "school": (("Head <head@hillprimary.example>", "Teaching Assistant post", "Thank you for your application. The governors invite you to interview on Tuesday 3 March at 9.30am. You will read with a small group of children."),),
    "nursery nurse": (("Kita Mond <leitung@kitamond.example>", "Ihre Bewerbung als Erzieherin", "Liebe Frau Kim, wir laden Sie zum Vorstellungsgespräch am Freitag um 10 Uhr in unsere Kita ein. Die Kinder freuen sich."),),
    "radio": (("Ed <ed@harborradio.example>", "Junior Producer", "We'd like to interview you for the Junior Producer job on Monday at 11. You'd work on the morning show."), ("me", "Re: Junior Producer", "Monday at 11 works.")),
    "insurer": (("HR <hr@pinemutual.example>", "Interview: Claims Adjuster", "Your interview for the Claims Adjuster position is scheduled for Tuesday at 10."),),
    "leasing consultant": (("Mo <mo@parkresidences.example>", "Leasing Consultant interview", "Hi Dana, can you come in Tuesday at 2 to interview for the Leasing Consultant position? You'd show apartments to prospective tenants."),),
    "nanny job": (("Eve <eve@mailbox.example>", "Nanny position", "Hi Dana, we saw your profile and would like to interview you for the nanny position. Could you come Sunday at 10 to meet the kids?"), ("me", "Re: Nanny position", "Sunday at 10 works for me. I look forward to meeting the children.")),
    "carer": (("Sunrise <care@sunrisecare.example>", "Caregiver", "Thanks for applying. Can you come in for a chat Wednesday at 1pm about the caregiver position? Bring ID."),),
    "gym job": (("Lee <lee@ironside.example>", "Personal Trainer", "We'd love to have you in for an interview for the Personal Trainer role Thursday at 12. We'll talk about your fitness goals for members."),),
    "event job": (("Events <events@grandhall.example>", "Event Coordinator interview", "We would like to interview you for the Event Coordinator position on Friday at 3."),),
    "robot ats": (("Acme <no-reply@ashbyhq.com>", "Interview invitation", "Hi Dana, we'd like to invite you to an interview for the Data Engineer role. Please reply with your availability for next week."),),
    "human bare": (("Gus <gus@tilehouse.example>", "Tiler", "Thanks for your application for the tiler job. I'd like to meet you. When could you come by the shop?"),),
    "human bare2": (("Sue <sue@copperpot.example>", "Line Cook", "Got your resume for the line cook spot. Call me to set up an interview."),),
    "phone": (("Pat <pat@millgate.example>", "Office Clerk position", "Dear Dana, we have reviewed your application and would like to arrange a telephone interview. Please let me know your availability."),),
    "de bare": (("Personal <personal@stahlnord.example>", "Ihre Bewerbung als Dreher", "Wir möchten Sie gern kennenlernen. Bitte teilen Sie uns mit, wann Sie Zeit haben."),),
    "fr bare": (("RH <rh@minoterie.example>", "Votre candidature", "Votre candidature au poste de meunier a retenu notre attention. Nous souhaitons vous rencontrer. Quelles sont vos disponibilités ?"),),
    "es bare": (("RRHH <rrhh@aceites.example>", "Tu candidatura", "Hemos visto tu candidatura para el puesto de técnico de laboratorio y nos gustaría conocerte. ¿Qué días tienes disponibilidad?"),),
    "cold agreed": (("Lee <lee@talentbridge.example>", "Senior Analyst", "I have a Senior Analyst role with my client. If you know anyone, tell me; if you are interested, are you free Thursday at 3?"), ("me", "Re: Senior Analyst", "I'm interested. Thursday at 3 works.")),
    "volunteer coord": (("Ruth <ruth@foodbank.example>", "Volunteer Coordinator interview", "Thank you for your application for the Volunteer Coordinator position (full time, $52,000). We'd like to interview you Tuesday at 10."),),
    "research fellow": (("Prof <holm@northuni.example>", "Research Fellow interview", "We are pleased to invite you to interview for the Research Fellow position on 3 June at 14:00. You will present your study design to participants of the panel."),),
    "journalist": (("Editor <editor@valleycourier.example>", "Reporter job", "We liked your clips. Can you come in for an interview for the reporter position Monday at 11?"), ("me", "Re: Reporter job", "Monday at 11 works.")),
    "tenancy adviser": (
        ("Moira <moira@canaltrust.example>", "Tenancy Adviser vacancy", "I refer to your application for the above and am pleased to invite you to interview on Thursday 4 June at 9.30 am."),
        ("me", "Re: Tenancy Adviser vacancy", "I confirm I will attend on Thursday 4 June at 9.30."),
        ("me", "Re: Tenancy Adviser vacancy", "Thank you for seeing me this morning."),
    ),
    "assessment nurse": (("Ward <ward@stonehospital.example>", "Pre-operative Assessment Nurse", "Thank you for your application for the post of Pre-operative Assessment Nurse. We would like to interview you on Thursday 12 March at 9.30."),),
    "loss adjuster": (
        ("Priya <priya@oakmutual.example>", "Loss Adjuster", "We'd like to interview you for the Loss Adjuster role on Thursday at 3."),
        ("me", "Re: Loss Adjuster", "Thursday at 3 works."), ("Priya <priya@oakmutual.example>", "Re: Loss Adjuster", "Great. We decide next week."),
    ),
    "chorus": (("Lena <lena@northlightopera.example>", "Chorus vacancy", "Thank you for applying for one of the two salaried places in our chorus. Our chorus master would like to hear you on Thursday 12 March at 2 pm."),),
    "windows": (
        ("Noor <noor@quillmast.example>", "quillmast / site engineer", "hey dana! we loved your take-home for the site engineer job. next up is a talk with Beth. could you send me a few windows for next week?"),
        ("me", "Re: quillmast / site engineer", "Great, Tuesday afternoon works for me."),
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


def test_it_takes_nobody_of_the_users_own_family_for_an_employer() -> None:
    text = "They would like to interview you for the Laundry Manager position on Tuesday, April 21 at 4:30."
    assert not _qualifies(("Marisol Kim <marisol.kim@gmail.com>", "the job", text))
    assert _qualifies(("Marisol Kim <marisol.kim@laundryhouse.example>", "the job", text))


def test_it_takes_what_the_user_refused_for_no_candidacy() -> None:
    assert not _qualifies(*REFUSED)


@pytest.mark.parametrize("name", MEANT)
def test_it_still_finds(name: str) -> None:
    assert _qualifies(*MEANT[name])
