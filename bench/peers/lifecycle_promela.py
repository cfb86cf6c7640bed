#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
# lifecycle_promela.py N: the lifecycle model for SPIN.
import sys
n=int(sys.argv[1])
o=[]
o.append("byte phase=0;")
o.append(f"bool bm[{n+1}]; bool saved[{n+1}]; bool drv[{n+1}];")
def all_(f): return " && ".join("("+f(d)+")" for d in range(1,n+1))
o.append("#define INV "+all_(lambda d: f"!(phase==3 && saved[{d}]) || bm[{d}]"))
o.append("init { d_step { "+ " ".join(f"bm[{d}]=1; drv[{d}]=1;" for d in range(1,n+1))+" }")
o.append("end: do")
for d in range(1,n+1):
    g=[("phase==0 && !saved[d] && bm[d]","saved[d]=1"),("phase==0 && saved[d]","saved[d]=0"),("phase==1 && drv[d]","drv[d]=0"),("phase==3 && !drv[d]","drv[d]=1; bm[d]=1"),("phase==3 && saved[d] && drv[d]","saved[d]=0"),("(phase==0||phase==3) && !bm[d] && drv[d]","bm[d]=1")]
    for a,b in g: o.append(f":: d_step {{ {a.replace('[d]',f'[{d}]')} -> {b.replace('[d]',f'[{d}]')}; assert(INV) }}")
o.append(":: d_step { phase==0 && "+all_(lambda d: f"!saved[{d}] || saved[{d-1}]" if d%2==0 else "1")+" -> phase=1; assert(INV) }")
o.append(":: d_step { phase==1||phase==2 -> phase=0; "+" ".join(f"saved[{d}]=0; drv[{d}]=1;" for d in range(1,n+1))+" assert(INV) }")
o.append(":: d_step { phase==1 && "+all_(lambda d: f"!saved[{d}] || !drv[{d}]")+" -> phase=2; assert(INV) }")
o.append(":: d_step { phase==2 -> phase=3; "+" ".join(f"bm[{d}]=saved[{d}] && bm[{d}];" for d in range(1,n+1))+" assert(INV) }")
o.append(":: d_step { phase==3 && "+all_(lambda d: f"!saved[{d}] && drv[{d}]")+" -> phase=0; assert(INV) }")
o.append("od }")
print("\n".join(o))
