import type { WordList } from './words';

export const GERMAN: WordList = {
  weights: {
    '2': `ausgezeichnet begeistert begeisternd brillant erstklassig exzellent fabelhaft fantastisch genial grandios
      grossartig herausragend hervorragend herrlich hammer klasse liebe lieben liebt liebte perfekt phänomenal prima
      sensationell spitze spitzenmässig super tadellos toll traumhaft überragend überwältigt unglaublich wunderbar
      wunderschön wundervoll beste besten bester bestes einwandfrei makellos top mega`,
    '1': `gut gute guter gutes guten gern gerne schön nett freundlich freue freut freuen froh fröhlich glücklich zufrieden
      dankbar danke dank bedanke hilfreich geholfen hilft nützlich einfach leicht schnell schneller zügig
      pünktlich zuverlässig höflich kompetent kulant sauber frisch fair günstig bequem angenehm empfehle empfehlen
      empfehlenswert gelöst behoben repariert funktioniert klappt geklappt läuft erfolgreich erfolg besser verbessert
      gefällt gefallen mag lobenswert lob ordentlich praktisch interessant spannend sicher vertrauen vertraue hoffnung
      hoffe aufmerksam geduldig professionell effizient wertvoll lohnt gratuliere glückwunsch hurra positiv
      einverstanden lecker köstlich entspannt unkompliziert reibungslos sympathisch herzlich herzlichen willkommen
      passt prompt rasch beeindruckt überzeugt`,
    '-1': `schlecht schlechte schlechter schlechtes schlechten traurig unzufrieden leider langsam spät verspätet verspätung
      verzögert verzögerung problem probleme ärger ärgere ärgerlich fehler fehlerhaft falsch defekt kaputt beschädigt
      schaden fehlt fehlen vermisst verloren verwirrend verwirrt unklar schwierig kompliziert umständlich mühsam nervig
      nervt genervt enttäuscht enttäuschend enttäuschung beschwerde beschweren beschwere reklamation reklamieren
      erstattung storniert stornieren kündigen kündigung unhöflich unfreundlich patzig ignoriert ignorieren schmutzig
      dreckig kalt teuer überteuert versagt gescheitert scheitert angst sorge sorgen besorgt hängt warte wartet warten
      unmöglich verweigert abgelehnt bedaure bedauerlich zweifel langweilig müde schmerz schmerzen weh chaos chaotisch
      laut seltsam komisch nutzlos schlimm schlimmer verschwendet zeitverschwendung frust frustriert frustrierend
      negativ abgestürzt absturz mangelhaft mangel dürftig unpünktlich unzuverlässig unverschämt`,
    '-2': `furchtbar schrecklich entsetzlich grauenhaft grauenvoll grässlich katastrophe katastrophal miserabel
      unterirdisch unzumutbar inakzeptabel widerlich ekelhaft eklig wütend zornig stinksauer sauer empört empörend
      unverschämtheit frechheit hasse hasst hass schlimmste schlimmster schlechteste schlechtester betrug betrüger
      betrogen abzocke abzocker lüge lügen lügner gelogen gestohlen diebstahl alptraum albtraum desaster erbärmlich
      lächerlich müll mist schrott scheisse verdammt idiot idioten inkompetent schande beschämend beleidigend
      beleidigung anwalt verklagen anzeige unverzeihlich saftladen sauerei skandal horror`,
  },
  negators: `nicht nichts nie niemals kein keine keiner keines keinen keinem niemand ohne weder kaum nirgends`,
  negatesAfter: true,
  firm: `leider bedauerlich danke`,
  boosters: `sehr wirklich extrem absolut total völlig so zu besonders ausserordentlich äusserst unglaublich echt richtig
    wahnsinnig überaus höchst ganz`,
  dampers: `etwas bisschen ziemlich eher relativ halbwegs teilweise fast wenig`,
  turns: `aber jedoch allerdings trotzdem dennoch sondern`,
  marks: `der die das und ist sind war waren zu von in es sie ihr ihre mein meine ich wir für auf mit dies diese haben hat
    nicht kein bei als mir mich bitte kann würde wenn aus er wird was wie warum ein eine oder den dem des im am noch auch
    nur schon dass ihnen uns`,
  endings: ['e', 'er', 'es', 'en', 'em', 't', 'te', 'n', 's'],
};
