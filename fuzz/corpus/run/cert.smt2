; luproof certificate 1: every run of small keeps what is said here, at all depths
; design: small
; variant: none
; choices: none
; environment acts: trouble
; rules taken away: none
; assumptions: none
; topology: its own, 1 VFs
; live updates: 1
; properties: kept
; no: none-reference, wrong-kind
; obligations: 3; each (check-sat) has to say unsat
; system: f72d4cbbce6204c8
(set-logic QF_BV)

; The state. What no step ever writes stands as its value and is not listed.
(declare-const |lucky| Bool)
(declare-const |function.bus_master[rp]| Bool)
(declare-const |function.bus_master[pf0]| Bool)
(declare-const |function.bus_master[vf0]| Bool)
(declare-const |kernel| (_ BitVec 2))
(declare-const |panicked| Bool)
(declare-const |budget(trouble)| Bool)
(declare-const |place of kernel| (_ BitVec 4))
(declare-const |kernel: d| (_ BitVec 2))
(declare-const |kernel: visited| Bool)
(declare-const |kernel: d (10)| (_ BitVec 2))
(declare-const |kernel: result| Bool)
(declare-const |kernel: error| Bool)
(assert (and (bvule #b01 |kernel|) (bvule |kernel| #b10)))
(assert (and (bvule |place of kernel| #b1001)))

; The invariant, clause by clause. The line of each before its sentence says the slots
; and their values.
;@ 1:1
; always: function.bus_master[rp]
(define-fun clause!0 ((x1 Bool)) Bool (or x1 false))
;@ 2:1
; always: function.bus_master[pf0]
(define-fun clause!1 ((x2 Bool)) Bool (or x2 false))
;@ 5:0
; always: not panicked
(define-fun clause!2 ((x5 Bool)) Bool (or (not x5) false))
;@