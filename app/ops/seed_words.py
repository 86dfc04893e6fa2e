"""Names and sentences for `flask seed`, in every script that pages must display well."""

# Language: first names and family names as (username part, written form), then sentences of at most 60 characters.
PEOPLE = {
    "en": (
        [("mary", "Mary"), ("john", "John"), ("grace", "Grace"), ("ada", "Ada"), ("oscar", "Oscar"), ("ruth", "Ruth")],
        [("hill", "Hill"), ("stone", "Stone"), ("baker", "Baker"), ("reed", "Reed"), ("north", "North")],
        [
            "The kettle is on and the rain can do what it likes.",
            "Finished the book. Started it again from page one.",
            "My bicycle has a new bell and I ring it at nobody.",
            "Tests are green, and I don't trust them. Going for a walk.",
            "Does anyone know a good recipe for lentils?",
            "Three herons by the canal this morning.",
            "The container is small now; the README is not.",
            "If you look for me, I am in the garden until dark.",
        ],
    ),
    "fr": (
        [("camille", "Camille"), ("hugo", "Hugo"), ("zoe", "Zoé"), ("leo", "Léo"), ("ines", "Inès"), ("remi", "Rémi")],
        [("moreau", "Moreau"), ("lefevre", "Lefèvre"), ("garnier", "Garnier"), ("petit", "Petit"), ("roche", "Roche")],
        [
            "Le marché sent déjà la pêche et le basilic.",
            "Première tartine au soleil de l'année, enfin !",
            "J'ai raté mon train, mais pas le coucher de soleil.",
            "Qui vient courir au bord du canal dimanche ?",
            "Le boulanger m'a gardé la dernière brioche.",
            "Ça compile. Je ne touche plus à rien.",
            "Un café, deux croissants, trois idées.",
            "La bibliothèque ouvre tard ce soir, j'y serai.",
        ],
    ),
    "es": (
        [
            ("lucia", "Lucía"),
            ("mateo", "Mateo"),
            ("sofia", "Sofía"),
            ("pablo", "Pablo"),
            ("ines", "Inés"),
            ("raul", "Raúl"),
        ],
        [("nunez", "Núñez"), ("vega", "Vega"), ("ibanez", "Ibáñez"), ("prieto", "Prieto"), ("lozano", "Lozano")],
        [
            "Mañana toca madrugar: salimos hacia la sierra.",
            "¿Alguien tiene una receta de gazpacho sin pepino?",
            "Por fin llovió y el patio huele a tierra.",
            "He perdido las llaves; estaban en la mano.",
            "El gato duerme encima del teclado otra vez.",
            "¡Qué tarde tan bonita para no hacer nada!",
            "Hoy aprendí una palabra nueva y ya la olvidé.",
            "La guitarra suena mejor con las ventanas abiertas.",
        ],
    ),
    "de": (
        [("jonas", "Jonas"), ("greta", "Greta"), ("joerg", "Jörg"), ("anke", "Anke"), ("bjoern", "Björn")],
        [("mueller", "Müller"), ("gross", "Groß"), ("krueger", "Krüger"), ("vogel", "Vogel"), ("brandt", "Brandt")],
        [
            "Der Zug ist pünktlich. Ich bin es nicht.",
            "Heute Abend gibt es Kürbissuppe für alle.",
            "Straßenmusik vor dem Rathaus, richtig gut!",
            "Wer hat meine Gießkanne gesehen?",
            "Der erste Frost liegt auf den Äpfeln.",
            "Donaudampfschifffahrtsgesellschaft passt in eine Zeile.",
        ],
    ),
    "el": (
        [("eleni", "Ελένη"), ("nikos", "Νίκος"), ("sofia", "Σοφία"), ("petros", "Πέτρος"), ("danai", "Δανάη")],
        [("pappas", "Παππάς"), ("vlachou", "Βλάχου"), ("kritikos", "Κρητικός"), ("galani", "Γαλάνη")],
        [
            "Καλημέρα από το λιμάνι, φυσάει λίγο.",
            "Ποιος θέλει καφέ; Έχω χρόνο ως το μεσημέρι.",
            "Το καράβι άργησε, αλλά η θάλασσα άξιζε.",
            "Διάβασα όλη νύχτα και δεν το μετανιώνω.",
            "Οι γάτες της γειτονιάς έχουν συνέλευση.",
        ],
    ),
    "ru": (
        [("anna", "Анна"), ("ivan", "Иван"), ("olga", "Ольга"), ("pavel", "Павел"), ("yulia", "Юлия")],
        [("sokolova", "Соколова"), ("orlov", "Орлов"), ("belova", "Белова"), ("zaitsev", "Зайцев")],
        [
            "Первый снег, и город сразу притих.",
            "Чай с малиной и хорошая книга: вечер удался.",
            "Кто-нибудь видел мои варежки?",
            "Поезд идёт через лес, связи нет, зато красиво.",
            "Починил кран сам. Горжусь.",
        ],
    ),
    "ar": (
        [("layla", "ليلى"), ("omar", "عمر"), ("salma", "سلمى"), ("karim", "كريم"), ("nour", "نور")],
        [("haddad", "حداد"), ("mansour", "منصور"), ("saleh", "صالح"), ("khalil", "خليل")],
        [
            "صباح الخير من الشرفة، القهوة جاهزة.",
            "قرأت اليوم 40 صفحة وبقي القليل.",
            "هل من أحد يعرف طريقا أقصر إلى السوق؟",
            "المطر أخيرا! رائحة الأرض جميلة.",
            "تعلمت Python اليوم، وغدا أكمل.",
        ],
    ),
    "he": (
        [("noa", "נועה"), ("amit", "עמית"), ("tamar", "תמר"), ("yoav", "יואב"), ("shira", "שירה")],
        [("levy", "לוי"), ("shalev", "שלו"), ("golan", "גולן"), ("barak", "ברק")],
        [
            "בוקר טוב, הים שקט היום.",
            "מישהו רוצה לבוא לשוק בשש?",
            "סיימתי לתקן את האופניים, סוף סוף.",
            "הרכבת מאחרת ב-12 דקות, כרגיל.",
            "יש ריח של גשם ראשון.",
        ],
    ),
    "hi": (
        [("asha", "आशा"), ("ravi", "रवि"), ("meera", "मीरा"), ("kiran", "किरण"), ("neha", "नेहा")],
        [("sharma", "शर्मा"), ("verma", "वर्मा"), ("joshi", "जोशी"), ("nair", "नायर")],
        [
            "सुबह की चाय और खिड़की पर बारिश।",
            "आज रास्ते में मोर दिखा!",
            "किसी के पास खिचड़ी की अच्छी विधि है?",
            "किताब पूरी हो गई, अब नींद भी पूरी करूँगी।",
            "शाम को छत पर मिलते हैं।",
        ],
    ),
    "ja": (
        [("yuki", "雪"), ("haruto", "陽翔"), ("sakura", "さくら"), ("kenji", "健二"), ("mio", "ミオ")],
        [("tanaka", "田中"), ("suzuki", "鈴木"), ("mori", "森"), ("ishikawa", "石川")],
        [
            "朝の電車は静かで、本がよく進む。",
            "近所のパン屋さんが新しいメロンパンを出した。",
            "雨の音を聞きながらカレーを煮ている。",
            "日本語の検索も試してみてください。",
            "猫が日なたから動かない。気持ちはわかる。",
        ],
    ),
    "zh": (
        [("mei", "梅"), ("wei", "伟"), ("lan", "兰"), ("jun", "军"), ("xia", "夏")],
        [("chen", "陈"), ("wang", "王"), ("liu", "刘"), ("zhao", "赵")],
        [
            "今天的云像一群慢慢走的羊。",
            "面条煮好了，谁来吃？",
            "地铁上看完了一本小说。",
            "阳台上的番茄终于红了。",
            "下雨天最适合写代码和喝茶。",
        ],
    ),
    "ko": (
        [("minji", "민지"), ("jiho", "지호"), ("sora", "소라"), ("hyun", "현"), ("yuna", "유나")],
        [("kim", "김"), ("park", "박"), ("choi", "최"), ("han", "한")],
        [
            "오늘은 하늘이 정말 높네요.",
            "김치찌개 끓였어요. 누구 올래요?",
            "버스를 놓쳤지만 산책해서 좋았다.",
            "새 책을 샀는데 벌써 반이나 읽었다.",
            "고양이가 키보드 위에서 잔다.",
        ],
    ),
}

FAMILY_NAME_FIRST = {"ja", "zh", "ko"}
WITHOUT_SPACES = {"ja", "zh"}

EMOJI = ["🍣", "🍺", "🫠", "🎉", "🌧️", "☕", "🐈", "🚲", "👩‍👩‍👧‍👦", "🇫🇷", "👍🏽", "❤️"]
