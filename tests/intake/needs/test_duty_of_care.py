import pytest

from intake.needs import Alarm, alarms_of, needs_urgent_help


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Our driver was kidnapped near Gao.", Alarm.KIDNAP),
        ("Notre chauffeur a été enlevé près de Gao.", Alarm.KIDNAP),
        ("O nosso motorista foi raptado perto de Gao.", Alarm.KIDNAP),
        ("اختطف سائقنا قرب غاو", Alarm.KIDNAP),
        ("We must evacuate twelve people.", Alarm.EVACUATION),
        ("Nous devons évacuer douze personnes.", Alarm.EVACUATION),
        ("Temos de evacuar doze pessoas.", Alarm.EVACUATION),
        ("نحتاج إلى إجلاء اثني عشر شخصا", Alarm.EVACUATION),
        ("Please evacuate six staff from Goma tomorrow.", Alarm.EVACUATION),
        ("Évacuation de six personnes depuis Gao avant vendredi.", Alarm.EVACUATION),
        ("Evacuação de seis pessoas de Palma até sexta-feira.", Alarm.EVACUATION),
        ("إجلاء ستة أشخاص من غاو قبل الجمعة", Alarm.EVACUATION),
        ("Il faut nous sortir de là immédiatement.", Alarm.EVACUATION),
        ("She gets death threats.", Alarm.THREAT_TO_LIFE),
        ("Elle reçoit des menaces de mort.", Alarm.THREAT_TO_LIFE),
        ("Recebe ameaças de morte.", Alarm.THREAT_TO_LIFE),
        ("تصلها تهديدات بالقتل", Alarm.THREAT_TO_LIFE),
        ("He threatened my family with death.", Alarm.THREAT_TO_LIFE),
        ("Ils menacent de nous tuer.", Alarm.THREAT_TO_LIFE),
        ("Ameaçaram matar a minha família.", Alarm.THREAT_TO_LIFE),
        ("Ameaçou-o de morte.", Alarm.THREAT_TO_LIFE),
        ("هددوا بقتل عائلتي", Alarm.THREAT_TO_LIFE),
        ("يهددون بقتلنا إن لم ندفع", Alarm.THREAT_TO_LIFE),
        ("He has been arrested.", Alarm.DETAINED),
        ("Il a été arrêté.", Alarm.DETAINED),
        ("Foi detido no aeroporto.", Alarm.DETAINED),
        ("تم اعتقال زميلنا", Alarm.DETAINED),
        ("It is a medical emergency.", Alarm.MEDICAL),
        ("C'est une urgence médicale.", Alarm.MEDICAL),
        ("É uma emergência médica.", Alarm.MEDICAL),
        ("حالة طبية طارئة", Alarm.MEDICAL),
        ("Our colleague has gone missing.", Alarm.MISSING),
        ("Nous sommes sans nouvelles de lui.", Alarm.MISSING),
        ("Não dá notícias desde ontem.", Alarm.MISSING),
        ("فقدنا الاتصال بزميلنا", Alarm.MISSING),
        ("A kidnapping. Please help us now.", Alarm.KIDNAP),
    ],
)
def test_danger_is_heard(text, kind):
    assert kind in alarms_of(text)
    assert needs_urgent_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "We need kidnap and ransom insurance now.",
        "An urgent evacuation plan for our team, please.",
        "Nous cherchons une formation à la prise d'otage.",
        "Un plan d'évacuation urgent pour notre équipe.",
        "Precisamos de um plano de evacuação urgente.",
        "Seguro de rapto e resgate, hoje.",
        "خطة إخلاء عاجلة لموظفينا",
        "دورة تدريبية عن الخطف لفريقنا",
        "Training on the evacuation of twenty staff next year.",
        "A plan for the evacuation of 40 people.",
        "Nobody was kidnapped.",
        "Personne n'a menacé de nous tuer.",
        "Ninguém ameaçou matar ninguém.",
        "لم يهدد أحد بقتلنا",
        "Personne n'a été enlevé.",
        "Não houve rapto nenhum hoje.",
        "لم يخطف أحد اليوم",
        "What should we do if our driver is arrested?",
        "Que faire si un collègue est arrêté ?",
        "Figures on kidnapping since 2022, today if possible.",
        "Your invoice is overdue.",
        "A route assessment from Dakar to Bamako.",
        "",
    ],
)
def test_plans_courses_insurance_and_denials_are_no_danger(text):
    assert not needs_urgent_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "We do not know who kidnapped him.",
        "Nous ne savons pas qui a enlevé notre chauffeur.",
        "Não sabemos quem raptou o nosso colega.",
        "لا نعرف من اختطف زميلنا",
        "The police did not help, he was taken hostage.",
        "La police n'aide pas, il a été enlevé.",
        "A polícia não ajuda, ele foi raptado.",
        "الشرطة لم تساعدنا، تم اختطاف ابني",
    ],
)
def test_not_to_know_who_did_it_and_no_help_deny_nothing(text):
    assert needs_urgent_help(text)


@pytest.mark.parametrize(
    "text",
    [
        "Nobody was hurt, kidnapped or killed.",
        "Personne n'a été blessé, enlevé ou tué.",
        "لم يخطف أحد من موظفينا ولا توجد تهديدات",
        "ولم يتعرض أحد للخطف اليوم",
    ],
)
def test_what_is_denied_in_a_list_or_after_and_is_no_danger(text):
    assert not needs_urgent_help(text)


def test_a_course_in_the_letter_does_not_hide_what_happens_now():
    text = "You gave us a hostage training in May. Our cook was kidnapped this morning during an exercise."

    assert needs_urgent_help(text)
