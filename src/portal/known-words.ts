/**
 * Words that tell a page's layout and nobody's affairs. A recording keeps these and no others, so a
 * word that is also a common name ("grace", "mark", "may", "will") is left out on purpose.
 */
const LAYOUT = `a about above accept access account accounts action actions active activity add added
  additional address adjust adjusted advisor advisors after again against age agency agent agents agreement all
  allocation allowed alert already also amount amounts an and anniversary annual annually annuitant
  annuities annuity another answer any api app application apply approved are area as asset assets at available
  away back balance balances bar basic basis be been before begin below beneficiaries beneficiary benefit
  benefits between billing block body book border both bottom box brokerage button by calculated call called
  can cancel cancelled card cards carrier cart cash cell center certificate certificates change changed changes
  channel charge charges check choice choose claim claims class clear click client clients close closed code
  codes col collapse column columns comma comments commission common company complete completed confirm
  contact contacts container contains content continue contract contracts contribution contributions copy
  copyright correct cost could country coverage create created credit current currency currently custom
  customer customers daily dashboard data date dates day days death debt declined deductible default deferred
  delete delivery deposit deposits description deps detail details device did different digit digits direct
  disclosure display distribution distributions div dividend dividends do document documents does done down
  download due duration each earnings edit effective either electronic else email empty end ended enter
  entered entity entries entry equity error errors estimate estimated event events every example exchange
  expired expires export face failed family fee fees field fields file files filter filters final find first
  fixed flexible follow following footer for force forgot form forms forward found frequency from full fund
  funds future general get gain go grid gross group growth guarantee guaranteed had has have head header
  heading height held help here hidden high history holder home hour hours how html icon id if in inactive
  income incomplete index indexed individual info information initial inner input insurance insured interest
  into investment investments invalid is issue issued it item items its javascript joint json just key label
  labels language last lapse lapsed latest layout least left legal less letter level life limit line link links
  list listing load loading loan loans local location lock locked log login logoff logon logout logged long
  lookup loss low main maintenance make manage management market match matched matches matching maturity
  maximum me medium member members menu message messages method minimum minutes modal mobile mode money month
  monthly months more most must mutual my name names nav navigation need net new news next no none not note
  notice notices notification now null number numbers of off office ok old on once one online only open option
  options or order organization original other others our out outer outstanding over overview own owned owner
  owners page pages paid panel part partial participating passcode password past pay payable payment payments
  payout pending per percent percentage performance period person phone pick pin place plan plans please plus
  policies policy policyholder portal portfolio position post posted preferences premium premiums prepared
  present press previous price primary principal print prior privacy process processed producer producers
  product products profile projected protection provided provider purchase qualified quantity quarter
  quarterly question questions quick quote range rate rates read ready rebalance recent record records
  redemption reference refresh register registered regular reinstated reinvested related relationship
  remember remove renewal replacement report reports request requested requests required reserved reset
  residual response result results return returns review right rights role root row rows run safe save
  schedule scheduled screen scroll search second section secure security see select selected send sent separate
  separator server service services session set settings setup share shares show showing shown side sign signed
  similar since single site size sort source span span spinner standard start state statement statements status
  step still stock sub submit subtotal successful such summary support surrender surrendered suspended switch
  system tab table tables tabs tax temporary term text token form tel fax terminated terms than that the their them then there these
  they this through tile tiles time title to today tools top total totals track trade transaction transactions
  transfer transfers true false try two type types unable unavailable under unit units universal until up update
  updated upon upload us use used user username users valid valuation value valued values variable verify
  version view visit was waiver want warning was way we web website week welcome went were what when where
  whether which while whole width with withdrawal withdrawals within without word work would wrapper wrong year
  years yes yet yield you your zip
  active applied proposed incomplete looked approved looks free extended reduced annuitized reinstated
  converted matured rescinded taken placed edition facts kind kinds standing
  january february march april june july august september october november december
  jan feb mar apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday
  am pm et est edt usd cad eur gbp ira roth sep nq ul vul wl va fia
  btn col td th tr tbody thead dl dt dd ul li img nav hdr ftr lbl txt tbl num amt val css div svg src href
  url http https www com org net html utf charset csrf xhr ajax params query string boolean
  e mail q o k x ssn dob birth gender sex title mr mrs ms dr`;

/** Words that say something in company only: "Grace Period" is a status, Grace a name. */
export const KNOWN_PHRASES = /\b(grace period|may not|may be|will be|price per unit)\b/giu;

export const KNOWN_WORDS: ReadonlySet<string> = new Set(LAYOUT.split(/\s+/));
