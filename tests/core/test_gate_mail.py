"""Real words of many trades, read by the real rules: what is a candidacy of the user's own, and what only sounds like one."""

import pytest

from agent.core.meaning import signals
from agent.core.model import Invite, Reading
from agent.core.people import linking
from tests.core.post import DANA, invite, letter

DANA_ADDRESS = "Dana Kim <dana.kim@gmail.example>"
Mail = tuple[str, str, str]  # sender ("me" for the user), subject, text


def _conversation(
    mails: tuple[Mail, ...], language: str = "", invites: tuple[Invite, ...] = ()
) -> tuple[Reading, ...]:
    partner = next(m[0] for m in mails if m[0] != "me")
    made = []
    for i, (sender, subject, text) in enumerate(mails):
        head, _, sign = text.partition("\n--\n")
        mine = sender == "me"
        message = letter(
            f"m{i}", "t", DANA_ADDRESS if mine else sender, subject, head, to=partner if mine else DANA_ADDRESS, day=i, sign=sign,
            labels=["SENT"] if mine else ["INBOX"], invites=() if mine or i else invites,
        ).message  # fmt: skip
        made.append(signals.read(message, DANA, zone="America/New_York"))
    return tuple(made)


def _qualifies(*mails: Mail, invites: tuple[Invite, ...] = ()) -> bool:
    return bool(linking.candidacies(_conversation(mails, invites=invites), (), DANA, {}))


POSITIVE: dict[str, tuple[Mail, ...]] = {
    "restaurant": (("Teddy <teddy@bexleytaverns.example>", "GM job", "Dana. saw your resume. GM spot at the Foundry location. Lets talk Tues 3/3 at 3 before dinner service. Teddy"),),
    "school": (("Judith Sowerby <head@alderbrook.example>", "Year 4 Class Teacher - invitation to interview", "Following shortlisting I am pleased to invite you to interview for the post of Year 4 Class Teacher on Tuesday 5 May 2026. Please report to the school office at 9.15am."),),
    "hospital": (("Renee <renee@laketessaly.example>", "RN interview", "I have Wednesday 9/2 at 1:00 pm open to interview you for the ICU Registered Nurse opening. OK with you?"),),
    "salon": (("Carla <carla@shearbliss.example>", "stylist", "hi hun got your cv for the stylist job, could you pop in for a chat and a trial cut thursday 4pm? x Carla"),),
    "garage": (("Mick <mick@hollowaymotors.example>", "Mechanic vacancy", "Hello Dana, thanks for applying for the mechanic job. Can you come in for an interview on Friday at 8.30?"),),
    "booking link": (("Priya Nair <priya@lumenworks.example>", "Data Engineer at Lumenworks - next steps", "Hi Dana, thanks for applying for the Data Engineer role. I'd love to set up a 30 minute phone screen. Please pick a time: https://calendly.com/priya-lumen/30min"),),
    "availability": (("Sam <sam@northwind.example>", "Your application", "We liked your application for Office Administrator and would like to invite you for an interview. What is your availability next week?"),),
    "phone screen": (("Paige <paige@maplewoodcu.example>", "Maplewood CU phone screen", "I'd like to schedule a 20 minute phone screen for Product Manager, Digital Banking. Are you available Tuesday, August 18 at 10:00 a.m.?"),),
    "agency": (("Kim Boyd <kim@boydrecruitment.example>", "Payroll Officer", "Hi Dana, good news: my client, Ferrous Marine, would like to interview you for the Payroll Officer role. Can you do Tuesday 2pm?"),),
    "ats invitation": (("Marrow Labs Hiring Team <no-reply@ashbyhq.com>", "Interview invitation: Backend Engineer at Marrow Labs", "Hi Dana, we'd like to invite you to an interview for the Backend Engineer position. Choose a time that works for you here: https://calendly.com/marrow/intro"),),
    "second round": (("Ed <ed@finch.example>", "Re: Paralegal", "We enjoyed meeting you and would like to invite you to a second interview on Monday 11 May at 10am with our partners."),),
    "trial shift": (("Bo <bo@copperkettle.example>", "Trial shift - Baker", "Your application for the baker position looks great. Could you come for a trial shift on Saturday at 5am?"),),
    "warehouse": (("HR <hr@ulverton.example>", "Interview - Forklift Driver", "Dear Dana, please attend an interview on 12 May 2026 at 11:00 at our Doncaster site for the position of Forklift Driver. Bring your licence."),),
    "church": (("Rev. Tom Ash <tom@stmarys.example>", "Organist", "Dear Dana, the committee would be delighted to interview you for the post of Organist on Thursday 14 May at 7pm in the vestry."),),
    "university": (("Prof. Ida Holm <ida@northuni.example>", "Postdoc interview", "Dear Dana, we would like to invite you to an online interview for the postdoctoral position in glaciology on 3 June at 14:00 CET."),),
    "startup": (("josh <josh@lumenfold.example>", "founding engineer @ lumenfold", "dana, the founding engineer opening is still very open. do you have an hour early next week to interview with me?"),),
    "thanked": (
        ("me", "Thank you", "Dear Ms Ruiz, thank you for taking the time to interview me yesterday for the Archivist position. I enjoyed the tour."),
        ("Ana Ruiz <ana@museum.example>", "Re: Thank you", "Thank you Dana, the panel enjoyed the interview too. We will let you know by Friday."),
    ),
    "confirmed by phone": (("Shiv <shiv@pinepoole.example>", "Interview: Bookkeeper", "Confirming what we said on the phone: interview for the part-time Bookkeeper job on Thursday May 14, 9:30 to 10:15 am, at the workshop."),),
    "cold but arranged": (
        ("Lee <lee@talentbridge.example>", "Opportunity: Senior Analyst", "Hi Dana, I came across your profile and think you'd be great for a Senior Analyst role with my client. Free for a quick call this week?"),
        ("me", "Re: Opportunity: Senior Analyst", "Hi Lee, sounds interesting, Thursday at 3 works for me."),
        ("Lee <lee@talentbridge.example>", "Re: Opportunity: Senior Analyst", "Great, speaking Thursday at 3pm about the Senior Analyst role."),
    ),
    "farm": (("Gill <gill@hopfarm.example>", "Picker supervisor", "Saw you applied for the supervisor job. Come up to the farm Monday 10am and we'll have a chat about it, ask for Gill"),),
}  # fmt: skip

ELSEWHERE: dict[str, tuple[Mail, ...]] = {
    "de": (("Katrin Größl <k@nordlicht.example>", "Einladung zum Vorstellungsgespräch als Datenanalyst (m/w/d)", "Sehr geehrte Frau Kim, vielen Dank für Ihre Bewerbung. Wir möchten Sie gerne persönlich kennenlernen. Passt Ihnen Donnerstag, der 12. Februar 2026, um 10:00 Uhr?"),),
    "de informal": (("Uli <uli@brotfabrik.example>", "Probearbeiten", "Hallo Dana, danke für deine Bewerbung als Bäckerin! Magst du am Samstag um 5 Uhr zum Probearbeiten kommen?"),),
    "de phone": (("Jan Voss <jan@kontor.example>", "Ihre Bewerbung als Sachbearbeiterin", "Guten Tag Frau Kim, wir würden gerne ein erstes Telefoninterview mit Ihnen führen. Wann hätten Sie nächste Woche Zeit?"),),
    "fr": (("MARCHAND Chloé <c@sevigny.example>", "Candidature Consultante - disponibilités", "Bonjour Madame, M. Aubin souhaite vous recevoir en entretien pour le poste de Consultante en organisation. Quelles seraient vos disponibilités la semaine prochaine ?"),),
    "fr informal": (("Léo <leo@atelierlune.example>", "Ta candidature", "Salut Dana, ta candidature pour le poste de graphiste nous a beaucoup plu. Tu serais dispo mardi à 14h pour un entretien en visio ?"),),
    "es": (("Begoña <b@olivar.example>", "Entrevista para Desarrollador Backend", "¡Hola, Dana! Nos ha gustado tu candidatura para el puesto de Desarrollador Backend. ¿Te vendría bien una entrevista por videollamada el lunes 11 de mayo a las 12:00?"),),
    "es formal": (("RRHH <rrhh@hotelmirador.example>", "Proceso de selección - Recepcionista", "Estimada Sra. Kim: Le invitamos a una entrevista personal para el puesto de Recepcionista el jueves 14 de mayo a las 10:00."),),
}  # fmt: skip

NEGATIVE: dict[str, tuple[Mail, ...]] = {
    "receipt": (("Acme <no-reply@us.greenhouse-mail.io>", "Thank you for applying to Acme", "Thanks for applying for the Data Engineer role. If your background looks like a match, a recruiter will reach out to set up an interview."),),
    "receipt of a small firm": (("Jobs <jobs@finch.example>", "Your application", "Thank you for your application for the Paralegal position. We will contact shortlisted candidates for interview by the end of the month."),),
    "refusal without interview": (("Acme <no-reply@ashbyhq.com>", "Your application to Acme", "Thank you for your interest in the Data Engineer position. Unfortunately we have decided to move forward with other candidates and will not be inviting you to interview."),),
    "cold outreach": (("Lee <lee@talentbridge.example>", "Exciting opportunity", "I came across your profile on LinkedIn and have an exciting Senior Analyst role with my client. Would you be open to a chat?"),),
    "parents evening": (("Ms. Abernathy <m@elmwood.example>", "Parent-teacher conference for Anya", "You are confirmed for Thursday May 14 at 4:20 PM in room 14. We'll talk about reading level. If that no longer works let me know and we'll reschedule."),),
    "key worker": (("Pine Street Nursery <office@pinestreet.example>", "Parents' meetings", "Dear parents, slots to meet your child's key worker are on Wednesday 13 May between 3.30 and 6. Please let the office know which time you'd like."),),
    "viewing": (("Letwell Homes <office@letwell.example>", "12 Sorrel Close - your viewing", "Thanks for coming to see 12 Sorrel Close on Tuesday. The landlord has a couple more people to meet and we'll let you know after the bank holiday."),),
    "tenant interview": (("Zak <zak@hargreave.example>", "Flat application", "Your application for the flat looks good. The landlord would like to interview you on Tuesday at 5 to get to know you before offering the tenancy."),),
    "mock interview": (("MockMentor <b@mockmentor.example>", "Your mock interview is booked", "Practice interview: System Design, Saturday April 25, 11:00 AM with Anton G. Your coach will send written feedback."),),
    "university careers": (("Careers <careers@northuni.example>", "Mock interviews for final years", "Book a practice interview with our careers team on Wednesday 6 May at 2pm."),),
    "user research": (("Rae <rae@userlab.example>", "Research interview about your bank app", "Thanks for volunteering! Could we schedule a 45 minute user interview on Tuesday at 3? You'll receive a $75 gift card."),),
    "podcast": (("Nell <nell@tidepod.example>", "Podcast interview", "We'd love to interview you for our podcast about beekeeping. Are you free Thursday at 5 pm to record?"),),
    "journalist": (("Omar <omar@dailyherald.example>", "Interview request", "I'm a reporter writing about the library closure. Could I interview you tomorrow at 11 for the article?"),),
    "exit interview": (("HR <hr@fennick.example>", "Exit interview form", "As you have handed your notice in please fill out the attached exit interview form, or we can do the exit interview face to face on Thursday."),),
    "visa": (("Visa Services <noreply@visaservices.example>", "Your visa interview", "Your interview is scheduled for 15 May 2026 at 10:15. Bring the original documents and passport."),),
    "green card": (("Nina <nina@gmail.example>", "green card interview", "Kuya the USCIS interview notice came!! October 19, 8:15am Federal building. They want us both there. Can you ask off work??"),),
    "volunteering": (("Shelter <hello@pawshelter.example>", "Volunteer orientation", "Thank you for applying to volunteer as a dog walker! Please choose a time for your volunteer orientation on Saturday."),),
    "kids sports": (("Coach Ray <ray@boltsu11.example>", "Come meet the team!", "Parents, evaluations are done and Mack is on the Bolts. Come meet the team Tuesday, June 16 at 6 pm. Please confirm."),),
    "contractor": (("Pete <pete@stonewell.example>", "Thanks for meeting with us", "Dana, thanks for meeting with us Tuesday about your home kitchen. We'll have the proposal to you by Friday the 13th."),),
    "meetup": (("Dev Meetup <info@meetup.com>", "Just scheduled: Churn models and beer", "Thursday, June 25, 7:00 PM. Hosted by LA Game Analytics. RSVP"),),
    "admission": (("Admissions <admissions@northuni.example>", "MSc Data Science: admissions interview", "Your application to the MSc programme has been shortlisted. We invite you to an admissions interview on 4 May at 10:00."),),
    "asked to interview": (("Dana Okun <d@millroad.example>", "server interviews thursday", "Dana can you sit in on the server interviews Thursday? I have Bree at 2 and some kid named Atlas at 2:30."),),
    "panel duty": (("Rosa <rosa@bigco.example>", "Interview panel", "Could you join the interview panel for our candidate Candice Rowe on Thursday at 2? Her resume is attached."),),
    "candidate thanks me": (("Candice Rowe <c@mailbox.example>", "Thank you!", "Thank you so much for taking the time to interview me today. I'm even more excited about the Data Engineer role at Fernhollow."),),
    "dentist": (("Harbor Dental <a@harbordental.example>", "Appointment reminder", "This is a reminder of your cleaning with Dr. Ruiz on Tuesday, April 14 at 3:30 PM. Reply C to confirm."),),
    "friend": (("Imani <imani@kinfolk.example>", "how did it go??", "Sooo? did they like you? How was the interview? Call me when you are off work."),),
    "family forward": (("Simran <s@gmail.example>", "Fwd: your visa interview", "look at this. Bibi's visitor visa interview is set for the 15th, can you call the lawyer?"),),
    "newsletter": (("Staffroom <hello@staffroom.example>", "Ace your teaching interview", "In this issue: what panels look for in an interview lesson. Unsubscribe any time."),),
    "lease": (("Elm Ct <office@elmct.example>", "Lease renewal offer", "Your renewal offer is $1,720/mo. Please let us know by April 1."),),
    "mortgage": (("Ty <ty@homeloans.example>", "Your application", "Your mortgage application is moving forward. Are you available for a call Tuesday at 2 to discuss next steps?"),),
    "jury": (("Court <clerk@countycourt.example>", "Jury selection", "You are summoned for jury selection interview on Monday 4 May at 9:00."),),
    "informational": (
        ("me", "Lakeview alum with a question", "I'm not job hunting, but I'd love to hear how you moved into research. Would you have 20 minutes sometime?"),
        ("Helen <h@alumni.example>", "Re: Lakeview alum with a question", "Always glad to talk to an alum. Our lab has no openings, so no pressure. How about Tuesday the 21st at 4?"),
    ),
    "insurance claim": (("Claims <claims@mutual.example>", "Recorded statement", "We need to interview you about the accident on 3 March. Please call to schedule a time this week."),),
    "school admission": (("St Anne's <office@stannes.example>", "Interview for Mia", "We are pleased to invite Mia to an interview for a Year 7 place on Saturday 9 May at 10am."),),
    "adoption": (("Tails Rescue <adopt@tails.example>", "Adoption interview", "Thanks for your application to adopt Biscuit! We'd like to schedule a phone interview on Tuesday evening."),),
    "webinar": (("CPA <events@cpa.example>", "Webinar invitation", "Register by May 8 for our webinar on May 15: how to hire in 2026."),),
    "sales demo": (("Kit <kit@saasify.example>", "Quick call?", "Would you have 15 minutes next week to see how our recruiting software helps hiring managers? Book here: https://calendly.com/kit/demo"),),
    "co-op board": (("Board <board@elmcoop.example>", "Board interview", "The co-op board would like to interview you as prospective shareholders on Tuesday at 7pm."),),
    "de kita": (("Kita Sonnenhof <info@kita.example>", "Elterngespräch", "Liebe Eltern, Ihr Gesprächstermin mit der Erzieherin ist am Dienstag um 15 Uhr. Bitte bestätigen."),),
    "de wohnung": (("Hausverwaltung <hv@wohnen.example>", "Wohnungsbesichtigung", "Sehr geehrte Frau Kim, vielen Dank für Ihre Bewerbung um die Wohnung. Besichtigung am Samstag um 11 Uhr, passt Ihnen das?"),),
    "de eingang": (("Personal <jobs@werk.example>", "Eingangsbestätigung", "vielen Dank für Ihre Bewerbung als Mechatroniker. Wir prüfen Ihre Unterlagen und melden uns."),),
    "fr école": (("École <ecole@jules.example>", "Rendez-vous parents", "Bonjour, je vous propose un rendez-vous mardi à 17h pour parler de la scolarité d'Anna. Cordialement"),),
    "fr accusé": (("RH <rh@usine.example>", "Accusé de réception", "Nous avons bien reçu votre candidature au poste de soudeur. Sans réponse de notre part sous trois semaines, veuillez considérer votre candidature comme non retenue."),),
    "es piso": (("Piso <piso@alquiler.example>", "Visita al piso", "Hola Dana, ¿te viene bien ver el piso el martes a las 18:00? Un saludo"),),
    "es acuse": (("RRHH <rrhh@fabrica.example>", "Hemos recibido tu candidatura", "Gracias por inscribirte en la oferta de Operario. Si tu perfil encaja, nos pondremos en contacto contigo."),),
}  # fmt: skip


@pytest.mark.parametrize("name", POSITIVE)
def test_it_takes_for_a_candidacy(name: str) -> None:
    assert _qualifies(*POSITIVE[name])


@pytest.mark.parametrize("name", ELSEWHERE)
def test_it_takes_for_a_candidacy_in(name: str) -> None:
    assert _qualifies(*ELSEWHERE[name])


@pytest.mark.parametrize("name", NEGATIVE)
def test_it_takes_for_no_candidacy(name: str) -> None:
    assert not _qualifies(*NEGATIVE[name])


def test_it_takes_no_dentists_calendar_for_an_interview() -> None:
    cleaning = invite("Dental cleaning - Dr. Ruiz", "Harbor Dental <a@harbordental.example>")
    assert not _qualifies(
        ("Harbor Dental <a@harbordental.example>", "Appointment", "See you soon!"), invites=(cleaning,)
    )


def test_it_takes_a_bare_calendar_invitation_that_says_interview() -> None:
    panel = invite("Interview - Dana Kim (Senior Staff Accountant)", "Celeste <celeste@ostrander.example>")
    assert _qualifies(
        (
            "Celeste <celeste@ostrander.example>",
            "Invitation: Interview - Dana Kim (Senior Staff Accountant)",
            "",
        ),
        invites=(panel,),
    )
