;; Compares rows of bytes with a query; compiled by scripts/scan-kernel.mjs. A row has `stride` bytes, a multiple of
;; 16, and rows lie one after the other; the query lies at 0. Each result is a 32-bit integer, written from `out` on.
(module
  (memory (export "memory") 2)

  ;; Inner products of a query of signed 16-bit numbers and rows of signed bytes.
  (func (export "products")
    (param $row i32) (param $rows i32) (param $stride i32) (param $out i32)
    (local $end i32) (local $at i32) (local $even v128) (local $odd v128)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (loop $each
      (local.set $at (i32.const 0))
      (local.set $end (i32.add (local.get $row) (local.get $stride)))
      (local.set $even (v128.const i32x4 0 0 0 0))
      (local.set $odd (v128.const i32x4 0 0 0 0))
      (loop $part
        (local.set $even (i32x4.add (local.get $even)
          (i32x4.dot_i16x8_s (v128.load (local.get $at)) (v128.load8x8_s (local.get $row)))))
        (local.set $odd (i32x4.add (local.get $odd)
          (i32x4.dot_i16x8_s (v128.load offset=16 (local.get $at)) (v128.load8x8_s offset=8 (local.get $row)))))
        (local.set $at (i32.add (local.get $at) (i32.const 32)))
        (br_if $part (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end))))
      (i32.store (local.get $out) (call $sum (i32x4.add (local.get $even) (local.get $odd))))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $each (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  ;; Numbers of bits in which rows differ from a query of the same length.
  (func (export "differences")
    (param $row i32) (param $rows i32) (param $stride i32) (param $out i32)
    (local $end i32) (local $at i32) (local $bits v128)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (loop $each
      (local.set $at (i32.const 0))
      (local.set $end (i32.add (local.get $row) (local.get $stride)))
      (local.set $bits (v128.const i32x4 0 0 0 0))
      (loop $part
        (local.set $bits (i32x4.add (local.get $bits)
          (i32x4.extadd_pairwise_i16x8_u (i16x8.extadd_pairwise_i8x16_u
            (i8x16.popcnt (v128.xor (v128.load (local.get $at)) (v128.load (local.get $row))))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br_if $part (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (local.get $end))))
      (i32.store (local.get $out) (call $sum (local.get $bits)))
      (local.set $out (i32.add (local.get $out) (i32.const 4)))
      (br_if $each (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func $sum (param $lanes v128) (result i32)
    (i32.add
      (i32.add (i32x4.extract_lane 0 (local.get $lanes)) (i32x4.extract_lane 1 (local.get $lanes)))
      (i32.add (i32x4.extract_lane 2 (local.get $lanes)) (i32x4.extract_lane 3 (local.get $lanes))))))
