"""Words of the rules: what ordinary sentences hold, and what names a place, a title or people."""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def either(items: frozenset[str]) -> str:
    """A pattern for any one of some words, the longest first."""
    return "|".join(sorted(items, key=lambda item: (-len(item), item)))


MONTHS = words(
    "january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sep sept oct nov dec"
)
# words that carry a sentence and are no name of anything
FUNCTION = words(
    "a an the and or but nor of in on at to from for by with without within into onto over under off out up down as per "
    "than then that this these those it its is are was were be been being has have had do does did not no who whom whose "
    "which when where while why how if because so such can could may might must shall should will would their our your "
    "his her my they them we us you he she i all any each every both either neither some many most more less few fewer "
    "other another same own only also about after before during since until between among across around through via "
    "against towards near one two three four five six seven eight nine ten there here too very much just still even "
    "again never always often once twice what whether like unlike plus including excluding except said says say told "
    "asked felt feel want wanted need needed needs get gets got go goes went come came make made take took use used "
    "live lives lived living leave leaves left stay stayed move moved moving find found give gave given see saw seen"
)
# adjectives and nouns that stand before a kind of building or street without naming one
ORDINARY = FUNCTION | words(
    "safe safer local new old big small large main busy quiet rural urban open closed public private free full half whole "
    "first second third last next early late good bad better best high higher low lower upper middle primary junior infant "
    "secondary special independent faith state maintained mainstream nursery boarding grammar comprehensive specialist "
    "council county city town village community family families women women's woman's men's children's children child's "
    "child youth people's people parents parent staff nhs gp gps mental physical sexual acute general maternity emergency "
    "health medical dental social housing domestic abuse violence refuge shelter hostel supported temporary emergency "
    "crisis shared communal empty council's district parish borough national regional central northern southern eastern "
    "western english british uk police fire railway train bus tube underground petrol service filling polling power radio "
    "work day night week weekend hour year month minute mile long short wide narrow side back front top dark bright empty "
    "ring trunk slip toll bypass cul-de-sac residential commercial industrial retail shopping leisure sports car coach "
    "rough street road off-street on-street high-street access safe-house half-way halfway safehouse charity corner one-stop "
    "gift chip betting pawn barber coffee tea sweet local's nearby nearest neighbouring different several various certain "
    "named particular usual former current previous future planned proposed funded commissioned dispersed second-stage "
    "sanctuary mixed single single-sex female male lone young older disabled pregnant homeless migrant traveller lgbt lgbtq "
    "family's friend friend's friends someone's anyone's everyone's nobody's their's somebody's perpetrator's survivor's "
    "victim's client's neighbour's mother's father's parent's partner's boyfriend's husband's landlord's crown magistrates "
    "magistrates' civil criminal supreme appeal coroner's coroners tribunal youth tennis food law case total gross net "
    "rising falling average median cheaper affordable private-rented rented owned tied terraced detached semi-detached "
    "university college school church mosque temple hospital surgery clinic station pub shop academy teaching training "
    "catholic anglican methodist baptist christian muslim jewish hindu sikh evangelical united reformed black african "
    "free teaching training busy whole-school after-school pre-school out-of-school in-school trusted dedicated visiting "
    "every non no non-statutory statutory voluntary mapping clearing open-plan ordinary normal standard specific suitable "
    "gastro country theme wine sports student students' pupils' pupil's mosque-based church-based school-based co-located "
    "own-door warm hot cold green red-flag clear real true simple"
)
# what is done in a kind of building: "school nurse", "hospital staff" are services and no place
SERVICE_AFTER = words(
    "nurse nurses nursing staff worker workers team teams lead leads service services age aged ages place places "
    "attendance record records visit visits based teacher teachers readiness year years children child pupil pupils "
    "holiday holidays day days hour hours meal meals pharmacist pharmacists admission admissions discharge exclusion "
    "exclusions board boards trust trusts idva idvas ida liaison practitioner practitioners doctor doctors receptionist "
    "receptionists setting settings appointment appointments leader leaders leavers leaver starter counsellor counsellors "
    "counselling chaplain chaplains community communities group groups network networks partnership partnerships improvement "
    "census survey surveys data referral referrals run runs term terms life work uniform transport bus buses fees parents "
    "governors governor bed beds ward wards stay stays care system systems sector leadership policy policies programme "
    "programmes project projects education social manager managers officers officer route routes run drop-in lessons"
)
# capitals that begin an ordinary word
ORDINARY_CAPITALS = (
    ORDINARY
    | MONTHS
    | words(
        "domestic-abuse act regulations strategy women survivors victims children ofsted marac idva isva mash camhs gp's a&e "
        "multi-agency england english wales britain british home office government ministry department england's national "
        "idvas isvas nhs da daa pcc ics icb iapt ofsted's monday tuesday wednesday thursday friday saturday sunday christmas "
        "easter ramadan eid covid polish urdu punjabi bengali romanian gujarati hindi arabic french welsh irish scottish "
        "european asian roma gypsy south north east west southwest mid respondents practitioners professionals services "
        "residents agencies providers panel report survey board cabinet section part school schools"
    )
)
STREETS = words("street road lane avenue crescent terrace mews boulevard cul-de-sac")
SHORT_STREETS = words("st rd ln ave av cres crst terr tce gdns blvd str stret streat raod")
# words that end a street's name and mean other things as well
MAYBE_STREETS = words(
    "close drive grove place square hill row court gate parade walk way green gardens rise view park yard wharf villas "
    "meadow meadows path passage alley quay croft dell vale bank end side field fields common heath approach bridge "
    "chase circus copse corner cottages embankment esplanade garth glade glebe orchard ridge broadway highway causeway "
    "mount promenade ct pl dr cl sq gr pk garden estate buildings house lodge cottage tower towers mansions heights hall "
    "manor barn farm"
)
LANDMARKS = words(
    "church chapel cathedral minster abbey priory mosque masjid temple synagogue gurdwara mandir vicarage rectory school "
    "academy college university nursery pre-school preschool kindergarten station pub inn tavern hotel surgery hospital "
    "hospice clinic pharmacy chemist chemists shop store supermarket superstore minimarket newsagent newsagents bakery "
    "library park cinema theatre museum roundabout bridge garage cemetery crematorium marina launderette laundrette "
    "takeaway restaurant cafe barbers hairdressers salon playground playgroup post-office bakers butchers florist "
    "dentist dentists optician opticians gym stadium racecourse windmill lighthouse castle monument crossroads depot "
    "barracks prison factory warehouse brewery bookmakers jobcentre pavilion bandstand lido cenotaph greengrocers "
    "butcher's baker's fishmonger's greengrocer's ironmonger's tandoori pizzeria mill viaduct aqueduct weir "
    "slipway pier harbour quayside allotments skatepark bowling arcade observatory planetarium"
)
LONG_LANDMARKS = (
    "health centre",
    "medical centre",
    "medical practice",
    "community centre",
    "leisure centre",
    "sports centre",
    "shopping centre",
    "garden centre",
    "children's centre",
    "family centre",
    "day centre",
    "village hall",
    "town hall",
    "church hall",
    "parish hall",
    "community hall",
    "fire station",
    "police station",
    "petrol station",
    "bus station",
    "railway station",
    "train station",
    "bus stop",
    "car park",
    "retail park",
    "business park",
    "industrial estate",
    "trading estate",
    "housing estate",
    "recreation ground",
    "football ground",
    "cricket ground",
    "cricket club",
    "football club",
    "scout hut",
    "level crossing",
    "canal lock",
    "swimming pool",
    "swimming baths",
    "bowling green",
    "bus garage",
    "bus depot",
    "bus terminus",
    "tram stop",
    "taxi rank",
    "registry office",
    "register office",
    "working men's club",
    "bingo hall",
    "snooker hall",
    "citadel",
    "salvation army hall",
    "masonic hall",
    "memorial hall",
    "kingdom hall",
    "drill hall",
    "sorting office",
    "petrol pumps",
    "filling station",
    "sewage works",
    "gas works",
    "water works",
    "golf club",
    "rugby club",
    "social club",
    "post office",
    "building society",
    "war memorial",
    "market cross",
    "clock tower",
    "water tower",
    "chip shop",
    "fish shop",
    "betting shop",
    "corner shop",
    "charity shop",
    "coffee shop",
    "estate agents",
    "job centre",
    "magistrates' court",
    "crown court",
    "county court",
)
BRANDS = (
    "tesco|tescos|asda|sainsburys?|sainsbury's|aldi|lidl|morrisons?|waitrose|co-op|greggs|boots|superdrug|costa|"
    "starbucks|mcdonalds?|mcdonald's|kfc|subway|wetherspoons?|nandos?|wilko|poundland|b&m|b&q|argos|halfords|primark|"
    "spar|londis|iceland|nisa|screwfix|homebase|travelodge|premier inn|holiday inn|esso|shell garage"
)
PUBS = (
    "red lion|royal oak|white hart|black horse|white horse|rose (?:and|&) crown|king's head|kings head|queen's head|"
    "queens head|king's arms|kings arms|queens arms|crown (?:and|&) anchor|fox (?:and|&) hounds|coach (?:and|&) horses|"
    "hare (?:and|&) hounds|dog (?:and|&) duck|bull's head|george (?:and|&) dragon|golden lion|black swan|green man|"
    "prince of wales|duke of [a-z]+|marquis of [a-z]+|[a-z]+ arms|plough inn|wheatsheaf|six bells|five bells|greyhound"
)
SURNAMES = words(
    "smith jones taylor brown williams wilson johnson davies robinson wright thompson evans walker white roberts green hall "
    "wood jackson clarke clark khan patel ahmed ali singh kaur begum hussain shah malik akhtar iqbal mahmood rahman miah "
    "chowdhury uddin islam bibi lewis harris martin cooper hill ward turner carter phillips mitchell parker morris moore "
    "baker watson hughes edwards collins bennett price cook bailey richardson cox howard murphy kelly shaw adams morgan "
    "nowak kowalski kowalska murray simpson marshall ellis mills owen mason knight webb palmer stevens rogers gray grey "
    "campbell stewart anderson thomas scott harrison graham reynolds griffiths wallace west cole hunt gibson chapman okafor "
    "adeyemi mensah mohammed mohamed hassan osman abdi yusuf choudhury das sharma gupta kumar nguyen chen wang li"
)
FORENAMES = words(
    "aaron abdul abigail adam adele adrian agnieszka ahmed aisha alan alexander alexandra alfie ali alice alison amanda "
    "amber amelia amina amy andrea andrew angela anita ann anna anne annette anthony antonia archie arthur ashley asif "
    "barbara barry beatrice ben benjamin bernadette beth bethany beverley brenda brian bridget callum cameron carl carla "
    "carol caroline carolyn catherine charlie charlotte chelsea cheryl chloe christian christina christine christopher "
    "claire clara colin connor craig daisy daniel danielle darren david dawn dean deborah debbie denise derek diana diane "
    "donna doreen dorothy duncan dylan edward eileen elaine eleanor elizabeth ellen ellie emily emma erin ethan eva "
    "evelyn farah fatima fiona florence frances francesca frank freya gail gareth gary gemma geoffrey george georgia "
    "georgina gillian glenn gloria graham gwen hannah harriet harry hassan hayley hazel heather helen henry hilary "
    "holly ian imran imogen irene isabel isabella jack jackie jacob jacqueline jade jake james jamie jane janet janice "
    "jasmine jason jayne jean jeanette jennifer jenny jeremy jessica jill jo joan joanna joanne joe john jonathan jordan "
    "joseph josephine joshua joyce judith julia julian julie june karen katarzyna kate katherine kathleen kathryn katie "
    "kayleigh keith kelly kenneth kerry kevin khadija kimberley kirsty laura lauren leah leanne lee lesley leslie lewis "
    "liam lily linda lindsay lisa liz lorraine louise lucy luke lydia lynn lynne maggie malcolm mandy margaret maria "
    "marie marilyn marion mark marta martin martina mary matilda matthew maureen maxine megan melanie melissa mia michael "
    "michelle mike miriam mohammed mohamed molly monica muhammad nadia nancy naomi natalie natasha nathan neil niamh "
    "nicholas nicola nigel noor norma oliver olivia omar oscar owen pamela patricia patrick paul paula pauline peter "
    "philip philippa phoebe poppy priya rachael rachel raymond rebecca rhiannon richard robert robin roger ronald rosemary "
    "roxanne ruby russell ruth ryan sally sam samantha samuel sandra sara sarah scott sean shabana shannon sharon shaun "
    "sheila shirley sian simon sophia sophie stacey stella stephanie stephen steven stuart sue susan suzanne sylvia tara "
    "teresa thelma theresa thomas tim timothy tina toby tom tony tracey tracy valerie vanessa vera veronica victoria "
    "vivienne wendy william yasmin yvonne zainab zara zoe"
)
PEOPLE = (
    r"people|ppl|chn|cyp|svrs?|vics?|perps?|persons?|individuals?|adults?|women|woman|wom[ae]n|men|man|m[ae]n|ladies|lady|females?|males?|girls?|boys?|"
    r"child|children|kids?|toddlers?|bab(?:y|ies)|infants?|teenagers?|teens?|youngsters?|youths?|pensioners?|students?|"
    r"mothers?|mums?|fathers?|dads?|parents?|grandmothers?|grandparents?|sisters?|brothers?|siblings?|daughters?|sons?|"
    r"wives|wife|husbands?|partners?|couples?|victims?|survivors?|service ?users?|users?|clients?|customers?|callers?|"
    r"perpetrators?|offenders?|residents?|tenants?|occupants?|occupiers?|inhabitants?|pupils?|patients?|inmates?|"
    r"households?|family|families|cases?|referrals?|referred|applicants?|claimants?|complainants?|refugees?|migrants?|"
    r"respondents?|participants?|interviewees?|attendees?|members? of staff|staff members?|carers?|learners?|deaths?|"
    r"staff|volunteers?|idvas?|isvas?|counsellors?|advocates?|homicides?|suicides?|fatalities|dependants?|dependents?|guests?|lodgers?|newcomers?|travellers?|orphans?|widows?|minors?"
)
TLDS = (
    "com|org|net|uk|gov|nhs|ac|info|biz|eu|io|me|tv|co|app|dev|ly|gl|scot|wales|cymru|london|online|site|xyz|link|club|"
    "charity|foundation|ngo|care|health|example|page|blog|social|edu|int|ie|fr|de|us|ca|house|help|support|safe|world|life|live"
)
AREAS = words(
    "ab al b ba bb bd bh bl bn br bs bt ca cb cf ch cm co cr ct cv cw da dd de dg dh dl dn dt dy e ec eh en ex fk fy g gl "
    "gu gy ha hd hg hp hr hs hu hx ig im ip iv je ka kt kw ky l la ld le ll ln ls lu m me mk ml n ne ng nn np nr nw ol ox "
    "pa pe ph pl po pr rg rh rm s sa se sg sk sl sm sn so sp sr ss st sw sy ta td tf tn tq tr ts tw ub w wa wc wd wf wn wr "
    "ws wv yo ze gir bf"
)
GRID_SQUARES = words(
    "sv sw sx sy sz tv sr ss st su tq tr sm sn so sp tl tm sh sj sk tf tg sc sd se ta nw nx ny nz ov nr ns nt nu nl nm nn "
    "no nf na nb nc nd ne ng nh nj nk hw hx hy hz hp ht hu"
)
